(component (instance $own) (export "t:p/one" (instance $own)))
