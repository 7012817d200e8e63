(module
  (import "__wbindgen_placeholder__" "__wbindgen_describe" (func (param i32)))
  (import "wbg" "__wbg_now_0123456789abcdef" (func (result f64)))
  (memory (export "memory") 1)
  (func (export "run")))
