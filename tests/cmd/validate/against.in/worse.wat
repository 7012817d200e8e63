(component
  (import "demo:shop/log@0.2.0" (instance
    (export "write" (func (param "line" string) (param "level" u8)))))
  (import "demo:shop/clock@0.2.0" (instance (export "now" (func (result u64)))))
  (core module $m (func (export "count") (result i64) i64.const 1))
  (core instance $m (instantiate $m))
  (func $count (result u64) (canon lift (core func $m "count")))
  (instance $api (export "count" (func $count)))
  (export "demo:shop/api@0.2.0" (instance $api)))
