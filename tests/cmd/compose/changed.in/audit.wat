(component
  (import "demo:shop/store@0.2.0" (instance (export "get" (func (param "key" u32) (result u32)))))
  (import "demo:shop/clock" (instance (export "now" (func (result u64)))))
  (core module $m (func (export "get") (param i32) (result i32) local.get 0))
  (core instance $i (instantiate $m))
  (func $get (param "key" u32) (result u32) (canon lift (core func $i "get")))
  (instance (export "demo:shop/store@0.2.3") (export "get" (func $get))))
