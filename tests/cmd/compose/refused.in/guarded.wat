(component
  (import "demo:shop/sessions" (instance $s (export "session" (type (sub resource)))))
  (alias export $s "session" (type $session))
  (import "demo:shop/door" (instance
    (alias outer 1 $session (type $t))
    (export "session" (type $u (eq $t)))
    (export "enter" (func (param "s" (borrow $u)))))))
