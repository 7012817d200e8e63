(module
  (func (export "tick"))
  (func (export "unused")))
