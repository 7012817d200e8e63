(component
  (type $bytes (list u8))
  (import "a:b/i" (instance $i
    (alias outer 1 $bytes (type $unnamed))
    (export "l" (type $l (eq $unnamed)))
    (export "f" (func (param "x" $l)))))
  (import "a:b/j" (instance $j
    (alias outer 1 $bytes (type $unnamed))
    (export "k" (type $k (eq $unnamed)))
    (export "g" (func (param "x" $k)))))
  (alias export $i "f" (func $f))
  (alias export $j "g" (func $g))
  (instance $oi (export "f" (func $f)))
  (instance $oj (export "g" (func $g)))
  (export "a:b/i" (instance $oi) (instance (export "f" (func (param "x" $bytes)))))
  (export "a:b/j" (instance $oj) (instance (export "g" (func (param "x" $bytes))))))
