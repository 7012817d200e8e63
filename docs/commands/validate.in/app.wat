(component
  (core module $math
    (func $half (param i32) (result i32)
      (i32.div_u (local.get 0) (i64.const 2)))
    (func $double (param i32) (result i32)
      (i32.mul (local.get 0) (i32.const 2)))))
