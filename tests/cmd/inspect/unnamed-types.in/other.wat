(component
  (type $bytes (list u8))
  (import "a:b/i" (instance $i
    (alias outer 1 $bytes (type $unnamed))
    (export "l" (type $l (eq $unnamed)))
    (export "f" (func (param "x" $l)))))
  (alias export $i "f" (func $f))
  (instance $o (export "f" (func $f)))
  (export "a:b/i" (instance $o) (instance (export "f" (func (param "x" $bytes)))))
  (import "a:b/j" (instance
    (alias outer 1 $bytes (type $unnamed))
    (type $s string)
    (export "l" (type (eq $s)))
    (export "m" (type (eq $unnamed)))
    (export "g" (func (param "x" $unnamed))))))
