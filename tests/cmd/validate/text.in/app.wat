(component
  (core module $math
    (func $half (param i32) (result i32)
      (i32.div_u (local.get 0) (i64.const 2)))
    (func $double (param i32) (result i32)
      (i32.mul (local.get 0) (i32.const 2)))
    (func $drop_nothing
      drop))
  (core instance $math (instantiate $math))
  (func (export "half") (param "x" u32) (result u32)
    (canon lift (core func $math "half")))
  (core module $after
    (func $also_checked (result f32) (f64.const 0))))
