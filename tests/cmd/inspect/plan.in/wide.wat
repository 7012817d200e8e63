(component
  (import "i" (instance $i (export "f" (func)) (export "g" (func))))
  (import "unused" (func))
  (component $part (import "i" (instance (export "f" (func)))))
  (instance (instantiate $part (with "i" (instance $i)))))
