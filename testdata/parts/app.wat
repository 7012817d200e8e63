(component
  (import "demo:shop/store@0.2.0" (instance $s (export "get" (func (param "key" u32) (result u32)))))
  (import "demo:shop/log@0.2.0" (instance $l (export "say" (func (param "code" u32) (result u32)))))
  (core func $get (canon lower (func $s "get")))
  (core func $say (canon lower (func $l "say")))
  (core module $m
    (import "s" "get" (func $get (param i32) (result i32)))
    (import "l" "say" (func $say (param i32) (result i32)))
    (func (export "run") (result i32) (i32.add (call $get (i32.const 20)) (call $say (i32.const 1)))))
  (core instance $i (instantiate $m
    (with "s" (instance (export "get" (func $get))))
    (with "l" (instance (export "say" (func $say))))))
  (func (export "run") (result u32) (canon lift (core func $i "run"))))
