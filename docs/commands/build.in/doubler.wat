(component
  (import "demo:math/add@1.0.0" (instance $math
    (export "add" (func (param "a" u32) (param "b" u32) (result u32)))))
  (alias export $math "add" (func $add))
  (core func $add (canon lower (func $add)))
  (core module $m
    (import "" "add" (func $add (param i32 i32) (result i32)))
    (func (export "double") (param i32) (result i32) local.get 0 local.get 0 call $add))
  (core instance $i (instantiate $m (with "" (instance (export "add" (func $add))))))
  (func (export "double") (param "n" u32) (result u32) (canon lift (core func $i "double"))))
