(component (instance $own) (export "t:p/two" (instance $own)))
