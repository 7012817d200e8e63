(module
  (@custom "dylink.0" (before first) "\01\04\00\00\00\00")
  (import "env" "one" (func $one (result i32)))
  (import "example:app/log@1.0.0" "write" (func $write (param i32)))
  (func (export "run") call $one call $write))
