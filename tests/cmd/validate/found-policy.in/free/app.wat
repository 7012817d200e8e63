(component
  (import "wasi:sockets/tcp@0.2.0" (instance $tcp
    (export "connect" (func (param "port" u16)))
    (export "listen" (func (param "port" u16)))))
  (import "wasi:cli/environment@0.2.0" (instance $environment
    (export "get-flag" (func (result bool)))))
  (core func $connect (canon lower (func $tcp "connect")))
  (core func $listen (canon lower (func $tcp "listen")))
  (core func $flag (canon lower (func $environment "get-flag")))
  (core module $main
    (import "tcp" "connect" (func $connect (param i32)))
    (import "tcp" "listen" (func $listen (param i32)))
    (import "environment" "get-flag" (func $flag (result i32)))
    (func $unused (call $listen (i32.const 80)))
    (func $dial (call $connect (i32.const 443)))
    (func $ping (call $dial))
    (func (export "ping") (call $ping))
    (func (export "flag") (result i32) (call $flag)))
  (core instance $i (instantiate $main
    (with "tcp" (instance (export "connect" (func $connect)) (export "listen" (func $listen))))
    (with "environment" (instance (export "get-flag" (func $flag))))))
  (func (export "ping") (canon lift (core func $i "ping")))
  (func (export "flag") (result bool) (canon lift (core func $i "flag"))))
