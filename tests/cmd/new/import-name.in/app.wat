(module
  (import "demo:shapes/area@1.0.0" "square" (func (param i32) (result i32)))
  (memory (export "memory") 1))
