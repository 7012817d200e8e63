(component
  (component $app (core module (func (export "f"))) (core module $named (func)))
  (component (core module (func (export "f"))))
  (core module (func)))
