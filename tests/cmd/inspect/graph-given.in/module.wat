(component
  (core module $real (memory 1) (func (export "f")))
  (component $inner (import "m" (core module $m (export "f" (func)))) (core instance $i (instantiate $m)) (func (export "g") (canon lift (core func $i "f"))))
  (instance $x (instantiate $inner (with "m" (core module $real))))
  (export "g" (func $x "g")))
