(component
  (import "demo:shop/store@0.2.1" (instance
    (export "get" (func (param "key" string) (result u32)))
    (export "put" (func (param "key" string) (param "count" u32)))))
  (import "demo:shop/log@0.2.0" (instance
    (export "write" (func (param "line" string)))))
  (core module $m (func (export "run")))
  (core instance $m (instantiate $m))
  (func $run (canon lift (core func $m "run")))
  (instance $api (export "run" (func $run)))
  (export "demo:shop/api@0.2.0" (instance $api)))
