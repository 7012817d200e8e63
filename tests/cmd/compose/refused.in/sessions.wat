(component
  (type $r (resource (rep i32)))
  (instance (export "demo:shop/sessions") (export "session" (type $r))))
