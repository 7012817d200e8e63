(component (core module $m (func (export "run"))))
