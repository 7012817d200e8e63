(module
  (func $add (param $a i32) (param $b i32) (result i32)
    (i32.plus (local.get $a) (local.get $b))))
