(component
  (import "run" (func $run))
  (core func $run (canon lower (func $run)))
  (core module $m
    (import "" "run" (func))
    (func (export "sum") (param v128 v128) (result v128)
      (i32x4.add (local.get 0) (local.get 1))))
  (core instance (instantiate $m (with "" (instance (export "run" (func $run)))))))
