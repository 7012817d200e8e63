(component
  (import "clock" (func $clock (result u64)))
  (core func $clock (canon lower (func $clock)))
  (core module $main
    (import "host" "clock" (func $clock (result i64)))
    (func (export "add") (param i32 i32) (result i32)
      local.get 0
      local.get 1
      i32.add)
    (func (export "age") (result i64)
      call $clock))
  (core instance $main (instantiate $main
    (with "host" (instance (export "clock" (func $clock))))))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32)
    (canon lift (core func $main "add")))
  (func (export "age") (result u64)
    (canon lift (core func $main "age"))))
