(module (memory 1) (func (export "f") (result i32) i32.const 1) (data (i32.const 0) "data"))
