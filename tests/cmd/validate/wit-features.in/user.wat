(component
  (import "example:shop/user@1.0.0" (instance (export "call" (func)))))
