(component
  (core type $run (module (export "run-it" (func))))
  (import "runner" (component $runner
    (import "program" (core module (export "run-it" (func))))
    (export "done" (func))))
  (core module $program
    (func (export "run-it"))
    (func (export "unused-by-name")))
  (instance $runner (instantiate $runner (with "program" (core module $program))))
  (export "done" (func $runner "done")))
