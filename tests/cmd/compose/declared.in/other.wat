(component
  (import "foo" (func $f))
  (export "bar" (func $f)))
