(component
  (core module $m (func (export "say") (param i32)))
  (core instance $i (instantiate $m))
  (func $say (param "code" u32) (canon lift (core func $i "say")))
  (instance (export "demo:shop/log@0.2.0") (export "say" (func $say))))
