(component
  (import "example:app/log@1.0.0" (instance $log (export "write" (func (param "n" u32)))))
  (core func $write (canon lower (func $log "write")))
  (core module $main
    (import "log" "write" (func $write (param i32)))
    (func (export "run") i32.const 1 call $write))
  (core instance $imports (export "write" (func $write)))
  (core instance $main (instantiate $main (with "log" (instance $imports))))
  (func (export "run") (canon lift (core func $main "run"))))
