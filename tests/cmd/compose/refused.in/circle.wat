(component
  (import "demo:shop/store@0.2.0" (instance $i (export "get" (func (param "key" u32) (result u32)))))
  (core module $m (func (export "say") (param i32)))
  (core instance $c (instantiate $m))
  (func $say (param "code" u32) (canon lift (core func $c "say")))
  (instance (export "demo:shop/log@0.2.0") (export "say" (func $say))))
