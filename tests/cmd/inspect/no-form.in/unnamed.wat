(component
  (import "host" (instance $host (export "thing" (type (sub resource)))))
  (alias export $host "thing" (type $thing))
  (import "user" (instance (alias outer 1 $thing (type $t)) (export "thing" (type (eq $t))))))
