(module
  (import "env" "log" (func (param i32 i32)))
  (import "env" "table" (table 2 funcref))
  (import "env" "now" (func (result i64)))
  (memory (export "memory") 2)
  (func (export "run") (param i32))
  (global (export "mode") (mut i32) (i32.const 0)))
