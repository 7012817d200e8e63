(module
  (import "old" "tick" (func $tick))
  (memory (export "memory") 1)
  (func (export "run") (call $tick)))
