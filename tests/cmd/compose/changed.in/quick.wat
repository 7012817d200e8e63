(component
  (import "demo:shop/log@0.2.0" (instance (export "say" (func (param "code" u32)))))
  (core module $m (func (export "get") (param i32) (result i32) i32.const 7))
  (core instance $i (instantiate $m))
  (func $get (param "key" u32) (result u32) (canon lift (core func $i "get")))
  (instance (export "demo:shop/store@0.2.3") (export "get" (func $get))))
