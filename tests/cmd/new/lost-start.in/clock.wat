(module (func (export "tick")))
