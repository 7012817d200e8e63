(component
  (import "wasi:cli/environment@0.2.0" (instance $environment
    (export "get-flag" (func (result bool)))))
  (import "wasi:random/insecure@0.2.3" (instance $random
    (export "get-bit" (func (result bool)))))
  (import "wasi:clocks/monotonic-clock@0.2.3" (instance $clock
    (export "now" (func (result u64)))))
  (import "wasi:nn/inference@0.2.0-rc-2024-10-28" (instance
    (export "count" (func (result u64)))))
  (core func $flag (canon lower (func $environment "get-flag")))
  (core func $bit (canon lower (func $random "get-bit")))
  (core module $old
    (import "environment" "get-flag" (func $flag (result i32)))
    (func (export "flag") (result i32) (call $flag)))
  (core module $new
    (import "old" "flag" (func $flag (result i32)))
    (import "random" "get-bit" (func $bit (result i32)))
    (func (export "both") (result i32) (i32.and (call $bit) (call $flag))))
  (core instance $old (instantiate $old
    (with "environment" (instance (export "get-flag" (func $flag))))))
  (core instance $new (instantiate $new
    (with "old" (instance $old))
    (with "random" (instance (export "get-bit" (func $bit))))))
  (func (export "both") (result bool) (canon lift (core func $new "both"))))
