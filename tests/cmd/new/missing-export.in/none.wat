(module
  (func (export "demo:shapes/area@0.9.0#square") (param i32) (result i32)
    (local.get 0)))
