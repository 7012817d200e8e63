(component
  (import "example:host/log" (instance
    (type $entry (record (field "level" u8)))
    (export "entry" (type (eq $entry)))))
  (component $inner
    (type $entry (record (field "level" string)))
    (import "theirs" (type $theirs (eq $entry)))
    (export "entry" (type $theirs)))
  (type $entry (record (field "level" string)))
  (instance $log (instantiate $inner (with "theirs" (type $entry))))
  (export "example:host/log" (instance $log)))
