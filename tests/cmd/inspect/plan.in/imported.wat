(component
  (import "demo:shop/log@0.2.0" (instance $log (export "say" (func (param "code" u32)))))
  (import "part" (component $part (import "demo:shop/log@0.2.0" (instance (export "say" (func (param "code" u32)))))))
  (instance (instantiate $part (with "demo:shop/log@0.2.0" (instance $log)))))
