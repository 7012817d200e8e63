(module
  (func (export "demo:shapes/area@1.0.0#square") (param i32) (result i32)
    (i32.mul (local.get 0) (local.get 0)))
  (func (export "demo:shapes/area@1.0.0#circle") (param f64) (result f64)
    (local.get 0))
  (func (export "_initialize")))
