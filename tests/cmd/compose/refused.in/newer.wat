(component
  (import "demo:shop/log@0.2.7" (instance
    (export "say" (func (param "code" u32))) (export "flush" (func)))))
