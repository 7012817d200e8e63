(component
  (import "example:host/colors" (instance $colors (type $c (enum "red")) (export "color" (type (eq $c)))))
  (alias export $colors "color" (type $color))
  (import "show" (func (param "c" $color))))
