(module
  (func (export "demo:shapes/area@1.0.0#square") (param i64) (result i32)
    (i32.const 0))
  (func (export "demo:shapes/area@1.0.0#circle") (param f64) (result f64)
    (local.get 0)))
