(component
  (import "print" (func $print))
  (export "log" (func $print)))
