(component
  (import "demo:k/apart@0.2.0" (instance (export "f" (func (param "n" u32)))))
  (import "demo:k/merged@0.2.0" (instance (export "f" (func (param "n" u32)))))
  (import "demo:k/two@1.0.0" (instance $two (export "g" (func))))
  (import "plain" (func (param "n" u32)))
  (import "item" (func $item))
  (alias export $two "g" (func $g))
  (export "run" (func $g))
  (export "again" (func $item)))
