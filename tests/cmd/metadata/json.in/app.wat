(component $demo
  (core module (func (export "f")))
  (@custom "version" "0.9.0"))
