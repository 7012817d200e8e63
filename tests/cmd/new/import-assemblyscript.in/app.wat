(module
  (import "env" "abort" (func (param i32 i32 i32 i32)))
  (import "env" "seed" (func (result f64)))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))
