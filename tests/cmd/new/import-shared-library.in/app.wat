(module
  (@custom "dylink.0" (before first) "\01\04\00\00\00\00")
  (import "env" "memory" (memory 1))
  (import "env" "__memory_base" (global i32))
  (import "GOT.mem" "errno" (global (mut i32)))
  (func (export "answer") (result i32) (i32.const 42)))
