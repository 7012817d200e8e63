(component
  (instance (export "demo:shop/log@0.1.0")))
