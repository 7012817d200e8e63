(component
  (type $t (func (param "x" u32)))
  (import "f" (func $f (type $t)))
  (component $part (alias outer 1 $t (type $o)) (import "f" (func (type $o))))
  (instance (instantiate $part (with "f" (func $f)))))
