;; Fields without `(module …)` around them are a module, too.
(func (export "run") (result i32) i32.const 42)
