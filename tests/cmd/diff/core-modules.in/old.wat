(component (core module $m (import "e" "x" (func)) (func (export "f") (param i32)) ) (export "mod" (core module $m)))
