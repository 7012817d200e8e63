(component
  (import "i" (instance $i (export "f" (func))))
  (component $part (import "f" (func)))
  (instance (instantiate $part (with "f" (func $i "f")))))
