(component
  (core module $m (func (export "get") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 1000))))
  (core instance $i (instantiate $m))
  (func $get (param "key" u32) (result u32) (canon lift (core func $i "get")))
  (instance (export "demo:shop/store@0.2.0") (export "get" (func $get))))
