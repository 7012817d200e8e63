(component
  (core module $m (func (export "f")) (func (export "g")))
  (core instance $i (instantiate $m))
  (func $unused (canon lift (core func $i "f")))
  (export "m" (core module $m)))
