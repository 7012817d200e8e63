(module
  (type $s (struct (field i32)))
  (rec (type $list (struct (field (ref null $list)) (field (mut i8)))))
  (func (export "same") (param (ref $s)))
  (func (export "other") (param (ref $s)))
  (func (export "deep") (param (ref null $list))))
