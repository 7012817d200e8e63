(module
  (type $new (func))
  (type $s (struct (field i32)))
  (type $t (struct (field i64)))
  (rec (type $list (struct (field (ref null $list)) (field i8))))
  (func (export "same") (param (ref $s)))
  (func (export "other") (param (ref $t)))
  (func (export "deep") (param (ref null $list))))
