(module
  (import "imports" "tick" (func))
  (memory (export "memory") 1)
  (func (export "_start")))
