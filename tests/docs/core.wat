(module
  (import "example:app/log@1.0.0" "write" (func $write (param i32)))
  (func (export "run") i32.const 1 call $write))
