(component
  (import "h" (func $h))
  (component $dep (import "h" (func $h)) (core func $hl (canon lower (func $h))) (core module $m (import "" "h" (func)) (func (export "f") (call 0))) (core instance $i (instantiate $m (with "" (instance (export "h" (func $hl)))))) (func (export "f") (canon lift (core func $i "f"))))
  (component $inner (import "h" (func $h)) (import "c" (component $c (import "h" (func)) (export "f" (func)))) (instance $i (instantiate $c (with "h" (func $h)))) (export "g" (func $i "f")))
  (instance $x (instantiate $inner (with "c" (component $dep)) (with "h" (func $h))))
  (export "g" (func $x "g")))
