(component
  (import "demo:shop/sessions" (instance $s (export "session" (type (sub resource)))))
  (alias export $s "session" (type $session))
  (core module $m (func (export "enter") (param i32)))
  (core instance $c (instantiate $m))
  (func $enter (param "s" (borrow $session)) (canon lift (core func $c "enter")))
  (instance (export "demo:shop/door") (export "session" (type $session)) (export "enter" (func $enter))))
