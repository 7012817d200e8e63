(component
  (core module $m (global $n (mut i32) (i32.const 0))
    (func (export "say") (param i32) (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (i32.add (i32.mul (global.get $n) (i32.const 100)) (local.get 0))))
  (core instance $i (instantiate $m))
  (func $say (param "code" u32) (result u32) (canon lift (core func $i "say")))
  (instance (export "demo:shop/log@0.2.0") (export "say" (func $say))))
