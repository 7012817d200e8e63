(component
  (import "wasi:clocks/wall-clock@0.2.0" (instance $clock (export "now" (func (result u64)))))
  (component $till
    (import "wasi:clocks/wall-clock@0.2.0" (instance $clock (export "now" (func (result u64)))))
    (core func $now (canon lower (func $clock "now")))
    (core module $counter
      (import "clock" "now" (func $now (result i64)))
      (func (export "sum") (result i64) (call $now)))
    (core instance $counter (instantiate $counter
      (with "clock" (instance (export "now" (func $now))))))
    (func $sum (result u64) (canon lift (core func $counter "sum")))
    (instance $sums (export "sum" (func $sum)))
    (export "acme:shop/sums@1.0.0" (instance $sums)))
  (component $desk
    (import "acme:shop/sums@1.0.0" (instance $sums (export "sum" (func (result u64)))))
    (core func $sum (canon lower (func $sums "sum")))
    (core module $front
      (import "sums" "sum" (func $sum (result i64)))
      (func (export "order") (result i64) (call $sum)))
    (core instance $front (instantiate $front
      (with "sums" (instance (export "sum" (func $sum))))))
    (func $order (result u64) (canon lift (core func $front "order")))
    (export "order" (func $order)))
  (instance $till (instantiate $till (with "wasi:clocks/wall-clock@0.2.0" (instance $clock))))
  (instance $desk (instantiate $desk
    (with "acme:shop/sums@1.0.0" (instance $till "acme:shop/sums@1.0.0"))))
  (export "order" (func $desk "order")))
