(component
  (component $a
    (core module $counter
      (global $count (mut i32) (i32.const 0))
      (func (export "next") (result i32)
        global.get $count
        i32.const 1
        i32.add
        global.set $count
        global.get $count))
    (core instance $counter (instantiate $counter))
    (func (export "next") (result u32)
      (canon lift (core func $counter "next"))))
  (component $b
    (core module $counter
      (global $count (mut i32) (i32.const 0))
      (func (export "next") (result i32)
        global.get $count
        i32.const 1
        i32.add
        global.set $count
        global.get $count))
    (core instance $counter (instantiate $counter))
    (func (export "next") (result u32)
      (canon lift (core func $counter "next"))))
  (instance $a (instantiate $a))
  (instance $b (instantiate $b))
  (export "left" (func $a "next"))
  (export "right" (func $b "next")))
