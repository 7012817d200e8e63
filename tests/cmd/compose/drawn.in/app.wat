(component
  (import "demo:shop/store@0.2.0" (instance (export "get" (func (param "key" u32) (result u32)))))
  (import "demo:shop/log@0.2.0" (instance (export "say" (func (param "code" u32)))))
  (core module $m (func (export "run")))
  (core instance $i (instantiate $m))
  (func (export "run") (canon lift (core func $i "run"))))
