(component
  (import "example:host/log" (instance
    (type $level (enum "low" "high"))
    (export "level" (type (eq $level)))))
  (component $inner
    (type $level (enum "low"))
    (import "theirs" (type $theirs (eq $level)))
    (export "level" (type $theirs)))
  (type $level (enum "low"))
  (instance $log (instantiate $inner (with "theirs" (type $level))))
  (export "example:host/log" (instance $log)))
