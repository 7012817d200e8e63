(component
  (import "logger" (instance (export "say" (func (param "code" u32))))))
