(module
  (func (export "cm32p2|demo:shapes/area@1|square") (param i32) (result i32)
    (i32.mul (local.get 0) (local.get 0)))
  (func (export "cm32p2_initialize")))
