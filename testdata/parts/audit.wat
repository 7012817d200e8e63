(component
  (import "demo:shop/store@0.2.0" (instance $s (export "get" (func (param "key" u32) (result u32)))))
  (core func $get (canon lower (func $s "get")))
  (core module $m
    (import "s" "get" (func $get (param i32) (result i32)))
    (func (export "get") (param i32) (result i32) (i32.add (call $get (local.get 0)) (i32.const 7))))
  (core instance $i (instantiate $m (with "s" (instance (export "get" (func $get))))))
  (func $get2 (param "key" u32) (result u32) (canon lift (core func $i "get")))
  (instance (export "demo:shop/store@0.2.4") (export "get" (func $get2))))
