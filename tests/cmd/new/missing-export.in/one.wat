(module
  (func (export "demo:shapes/area@1.0.0#square") (param i32) (result i32)
    (local.get 0)))
