(component
  (import "foo" (func $f))
  (import "t:log/log" (instance (export "say" (func))))
  (export "bar" (func $f)))
