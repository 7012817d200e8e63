;; One function computes, the other never ends.
(component
  (core module $m
    (func (export "spin") (result i32) (loop (br 0)) (i32.const 1))
    (func (export "one") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func (export "spin") (result u32) (canon lift (core func $i "spin")))
  (func (export "one") (result u32) (canon lift (core func $i "one"))))
