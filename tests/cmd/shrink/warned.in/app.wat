;; It asks for WASI of two versions, as components of the first compilers for 0.3 do.
(component
  (import "wasi:cli/environment@0.2.6" (instance $old (export "initial-cwd" (func (result u32)))))
  (import "wasi:clocks/monotonic-clock@0.3.2" (instance $new (export "now" (func (result u64)))))
  (core func $old (canon lower (func $old "initial-cwd")))
  (core func $new (canon lower (func $new "now")))
  (core module $m
    (import "old" "f" (func $f (result i32)))
    (import "new" "f" (func $g (result i64)))
    (func (export "run") (result i64) (i64.add (i64.extend_i32_u (call $f)) (call $g))))
  (core instance $i (instantiate $m
    (with "old" (instance (export "f" (func $old))))
    (with "new" (instance (export "f" (func $new))))))
  (func (export "run") (result u64) (canon lift (core func $i "run"))))
