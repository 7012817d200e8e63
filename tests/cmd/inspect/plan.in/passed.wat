(component
  (import "run" (func $run))
  (component $part)
  (instance (instantiate $part))
  (export "run" (func $run)))
