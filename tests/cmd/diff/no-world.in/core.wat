(module
  (import "env" "log" (func (param i32)))
  (import "env" "table" (table 1 funcref))
  (memory (export "memory") 1)
  (func (export "run") (param i32))
  (func (export "stop"))
  (global (export "mode") i32 (i32.const 0)))
