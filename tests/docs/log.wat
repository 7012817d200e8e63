(component
  (core module $main (func (export "write") (param i32)))
  (core instance $main (instantiate $main))
  (func $write (param "n" u32) (canon lift (core func $main "write")))
  (instance (export "example:app/log@1.0.0") (export "write" (func $write))))
