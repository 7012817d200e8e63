(component
  (import "demo:k/merged@0.2.1" (instance (export "f" (func (param "n" u32)))))
  (core module $m (func (export "g")))
  (core instance $m (instantiate $m))
  (func $g (canon lift (core func $m "g")))
  (instance (export "demo:k/two@1.0.0") (export "g" (func $g))))
