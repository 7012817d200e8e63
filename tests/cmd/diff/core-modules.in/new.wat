(component (core module $m (import "e" "y" (func (param i64))) (func (export "g") ) ) (export "mod" (core module $m)))
