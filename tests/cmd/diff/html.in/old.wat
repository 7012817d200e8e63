(component
  (import "wasi:clocks/wall-clock@0.2.0" (instance (export "now" (func (result u64)))))
  (import "demo:shop/log@0.2.0" (instance (export "write" (func (param "line" string)))))
  (core module $main
    (func $run (export "run") (result i32) (i32.const 1))
    (func $gone (result i32) (i32.const 2))
    (func (result i32) (i32.const 3))
    (data "0123456789"))
  (core instance $main (instantiate $main))
  (func $run (result u32) (canon lift (core func $main "run")))
  (instance $api (export "run" (func $run)))
  (export "demo:shop/api@0.2.0" (instance $api)))
