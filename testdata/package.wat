;; A WIT package in its binary form: an interface, one that uses it, a world, documentation.
(component
  (type (component
    (type (instance
      (type (record (field "width" u32) (field "height" u32)))
      (export "size" (type (eq 0)))
      (type (func (param "of" 1) (result u64)))
      (export "area" (func (type 2)))))
    (export "example:shapes/sizes@1.0.0" (instance (type 0)))))
  (export "sizes" (type 0))
  (type (component
    (type (component
      (type (instance
        (type (record (field "width" u32) (field "height" u32)))
        (export "size" (type (eq 0)))
        (type (func (param "of" 1) (result u64)))
        (export "area" (func (type 2)))))
      (import "example:shapes/sizes@1.0.0" (instance (type 0)))
      (alias export 0 "size" (type))
      (import "size" (type (eq 1)))
      (type (func (param "s" 2)))
      (export "draw" (func (type 3)))))
    (export "example:shapes/painter@1.0.0" (component (type 0)))))
  (export "painter" (type 2))
  (@custom "package-docs" "\01{\"worlds\":{\"painter\":{\"docs\":\"Draws.\"}},\"interfaces\":{\"sizes\":{\"docs\":\"How large things are.\",\"funcs\":{\"area\":{\"docs\":\"In square units.\"}}}}}")
)
