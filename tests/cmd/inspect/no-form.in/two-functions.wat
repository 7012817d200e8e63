(component
  (import "example:host/log" (instance (export "write" (func (param "level" u32)))))
  (core module $m (func (export "write") (param i32)))
  (core instance $m (instantiate $m))
  (func $write (param "level" u8) (canon lift (core func $m "write")))
  (instance $log (export "write" (func $write)))
  (export "example:host/log" (instance $log)))
