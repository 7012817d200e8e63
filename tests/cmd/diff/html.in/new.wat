(component
  (import "wasi:filesystem/preopens@0.2.0" (instance (export "count" (func (result u32)))))
  (import "demo:shop/log@0.2.0" (instance (export "write" (func (param "line" string)))))
  (core module $main
    (func $run (export "run") (result i32) (i32.add (i32.const 1) (i32.const 5)))
    (func (result i32) (i32.const 3))
    (func $fresh (result i32) (i32.mul (i32.const 2) (i32.const 500)))
    (data "0123456789abcdef"))
  (core instance $main (instantiate $main))
  (func $run (result u32) (canon lift (core func $main "run")))
  (func $stop (result u32) (canon lift (core func $main "run")))
  (instance $api (export "run" (func $run)) (export "stop" (func $stop)))
  (export "demo:shop/api@0.2.1" (instance $api)))
