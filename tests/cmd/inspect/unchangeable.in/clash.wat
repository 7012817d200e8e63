(component
  (import "f" (type $f (sub resource)))
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func $g (canon lift (core func $i "f")))
  (export "f" (func $g)))
