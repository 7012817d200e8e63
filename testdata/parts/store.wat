(component
  (import "demo:shop/log@0.2.0" (instance $l (export "say" (func (param "code" u32) (result u32)))))
  (core func $say (canon lower (func $l "say")))
  (core module $m
    (import "l" "say" (func $say (param i32) (result i32)))
    (func (export "get") (param i32) (result i32) (i32.mul (call $say (local.get 0)) (i32.const 1000))))
  (core instance $i (instantiate $m (with "l" (instance (export "say" (func $say))))))
  (func $get (param "key" u32) (result u32) (canon lift (core func $i "get")))
  (instance (export "demo:shop/store@0.2.0") (export "get" (func $get))))
