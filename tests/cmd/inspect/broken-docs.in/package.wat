(component
  (type (component (type (instance)) (export "example:host/log" (instance (type 0)))))
  (export "log" (type 0))
  (@custom "package-docs" "\01{\"interfaces\":{\"other\":{\"docs\":\"Not here.\"}}}"))
