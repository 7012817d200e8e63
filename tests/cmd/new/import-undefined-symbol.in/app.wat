(module
  (import "env" "sqrt_fast" (func (param f64) (result f64)))
  (memory (export "memory") 1)
  (func (export "_start")))
