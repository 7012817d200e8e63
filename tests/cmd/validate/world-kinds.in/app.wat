(component
  (import "demo:shop/types@0.2.0" (instance
    (type $color u8) (export "color" (type (eq $color)))))
  (import "demo:shop/store@0.2.0" (instance
    (export "cart" (type $cart (sub resource)))
    (export "order" (type $order (sub resource)))
    (type $entry' (record (field "name" string) (field "tags" (list string))))
    (export "entry" (type $entry (eq $entry')))
    (type $state' (variant (case "open") (case "paid" u32)))
    (export "state" (type $state (eq $state')))
    (export "pay" (func (param "what" (borrow $cart)) (result $state)))
    (export "put" (func (param "entry" $entry)))
    (export "find" (func (param "name" string) (param "limit" u32) (result (own $order)))))))
