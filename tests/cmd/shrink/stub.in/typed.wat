;; What it exports has a type of what it imports.
(component
  (type $log-type (instance
    (type $error' (enum "full" "denied"))
    (export "error" (type (eq $error')))
    (export "flush" (func))))
  (import "demo:host/log@1.0.0" (instance $log (type $log-type)))
  (alias export $log "error" (type $error))
  (core func $flush (canon lower (func $log "flush")))
  (core module $app
    (import "host" "flush" (func $flush))
    (func (export "last") (result i32) (call $flush) (i32.const 1)))
  (core instance $a (instantiate $app (with "host" (instance (export "flush" (func $flush))))))
  (func (export "last") (result $error) (canon lift (core func $a "last"))))
