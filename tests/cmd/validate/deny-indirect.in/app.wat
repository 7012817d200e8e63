(component
  (import "wasi:sockets/tcp@0.2.0" (instance $tcp
    (export "connect" (func (param "port" u16)))))
  (core func $connect (canon lower (func $tcp "connect")))
  (core module $main
    (import "tcp" "connect" (func $connect (param i32)))
    (type $task (func (param i32)))
    (table 2 funcref)
    (elem (i32.const 1) $dial)
    (func $dial (param i32) (call $connect (local.get 0)))
    (func $schedule (call_indirect (type $task) (i32.const 443) (i32.const 1)))
    (func $ping (export "ping") (call $schedule)))
  (core instance $i (instantiate $main
    (with "tcp" (instance (export "connect" (func $connect))))))
  (func (export "ping") (canon lift (core func $i "ping"))))
