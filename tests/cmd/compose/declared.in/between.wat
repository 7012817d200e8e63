(component
  (import "foo" (func $f))
  (export "foo" (func $f)))
