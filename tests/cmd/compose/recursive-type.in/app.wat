(component
  (core rec
    (type $list (struct (field (ref null $node))))
    (type $node (struct (field (ref null $list)))))
  (core type $engine (module
    (alias outer 1 $list (type $list))
    (import "" "run" (func (param (ref null $list))))))
  (import "engine" (core module (type $engine)))
  (import "log" (func)))
