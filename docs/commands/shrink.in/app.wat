(component
  (import "console" (instance $console
    (export "log" (func (param "value" u32)))
    (export "clear" (func))))
  (import "debug" (instance $debug
    (export "dump" (func (param "value" u32)))))
  (core func $log (canon lower (func $console "log")))
  (core func $clear (canon lower (func $console "clear")))
  (core func $dump (canon lower (func $debug "dump")))
  (core module $main
    (import "console" "log" (func $log (param i32)))
    (import "console" "clear" (func $clear))
    (import "debug" "dump" (func $dump (param i32)))
    (func $add (export "add") (param i32 i32) (result i32)
      local.get 0
      call $log
      local.get 0
      local.get 1
      i32.add)
    (func $report (export "report") (param i32)
      call $clear
      local.get 0
      call $dump)
    (@custom "notes" "for nobody"))
  (core instance $main (instantiate $main
    (with "console" (instance (export "log" (func $log)) (export "clear" (func $clear))))
    (with "debug" (instance (export "dump" (func $dump))))))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32)
    (canon lift (core func $main "add"))))
