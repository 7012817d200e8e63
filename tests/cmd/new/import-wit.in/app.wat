(module
  (import "demo:shapes/area@1.2.0" "square" (func (param i32) (result i32)))
  (func (export "run")))
