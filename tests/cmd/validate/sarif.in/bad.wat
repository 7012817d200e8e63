(module (func (export "run") drop))
