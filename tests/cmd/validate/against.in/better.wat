(component
  (core module $m (func (export "run")) (func (export "count") (result i32) i32.const 1))
  (core instance $m (instantiate $m))
  (func $run (canon lift (core func $m "run")))
  (func $count (result u32) (canon lift (core func $m "count")))
  (instance $api
    (export "run" (func $run)) (export "count" (func $count)) (export "again" (func $run)))
  (export "demo:shop/api@0.2.3" (instance $api))
  (export "count" (func $count)))
