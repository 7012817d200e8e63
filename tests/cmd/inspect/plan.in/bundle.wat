(component
  (import "f" (func $f))
  (component $part (import "i" (instance (export "f" (func)))))
  (instance $i (export "f" (func $f)))
  (instance (instantiate $part (with "i" (instance $i)))))
