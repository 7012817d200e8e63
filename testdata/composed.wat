(component
  (component (;0;)
    (type (;0;)
      (instance
        (type (;0;) (func (param "key" u32) (result u32)))
        (export (;0;) "get" (func (type 0)))
      )
    )
    (import "demo:shop/store@0.2.0" (instance $s (;0;) (type 0)))
    (type (;1;)
      (instance
        (type (;0;) (func (param "code" u32) (result u32)))
        (export (;0;) "say" (func (type 0)))
      )
    )
    (import "demo:shop/log@0.2.0" (instance $l (;1;) (type 1)))
    (alias export $s "get" (func (;0;)))
    (core func $get (;0;) (canon lower (func 0)))
    (alias export $l "say" (func (;1;)))
    (core func $say (;1;) (canon lower (func 1)))
    (core module $m (;0;)
      (type (;0;) (func (param i32) (result i32)))
      (type (;1;) (func (result i32)))
      (import "s" "get" (func $get (;0;) (type 0) (param i32) (result i32)))
      (import "l" "say" (func $say (;1;) (type 0) (param i32) (result i32)))
      (export "run" (func 2))
      (func (;2;) (type 1) (result i32)
        i32.const 20
        call $get
        i32.const 1
        call $say
        i32.add
      )
    )
    (core instance (;0;)
      (export "get" (func $get))
    )
    (core instance (;1;)
      (export "say" (func $say))
    )
    (core instance $i (;2;) (instantiate $m
        (with "s" (instance 0))
        (with "l" (instance 1))
      )
    )
    (type (;2;) (func (result u32)))
    (alias core export $i "run" (core func (;2;)))
    (func (;2;) (type 2) (canon lift (core func 2)))
    (export (;3;) "run" (func 2))
  )
  (component (;1;)
    (type (;0;)
      (instance
        (type (;0;) (func (param "code" u32) (result u32)))
        (export (;0;) "say" (func (type 0)))
      )
    )
    (import "demo:shop/log@0.2.0" (instance $l (;0;) (type 0)))
    (alias export $l "say" (func (;0;)))
    (core func $say (;0;) (canon lower (func 0)))
    (core module $m (;0;)
      (type (;0;) (func (param i32) (result i32)))
      (import "l" "say" (func $say (;0;) (type 0) (param i32) (result i32)))
      (export "get" (func 1))
      (func (;1;) (type 0) (param i32) (result i32)
        local.get 0
        call $say
        i32.const 1000
        i32.mul
      )
    )
    (core instance (;0;)
      (export "say" (func $say))
    )
    (core instance $i (;1;) (instantiate $m
        (with "l" (instance 0))
      )
    )
    (type (;1;) (func (param "key" u32) (result u32)))
    (alias core export $i "get" (core func (;1;)))
    (func $get (;1;) (type 1) (canon lift (core func 1)))
    (instance (;1;)
      (export "get" (func $get))
    )
    (export (;2;) "demo:shop/store@0.2.0" (instance 1))
  )
  (component (;2;)
    (core module $m (;0;)
      (type (;0;) (func (param i32) (result i32)))
      (global $n (;0;) (mut i32) i32.const 0)
      (export "say" (func 0))
      (func (;0;) (type 0) (param i32) (result i32)
        global.get $n
        i32.const 1
        i32.add
        global.set $n
        global.get $n
        i32.const 100
        i32.mul
        local.get 0
        i32.add
      )
    )
    (core instance $i (;0;) (instantiate $m))
    (type (;0;) (func (param "code" u32) (result u32)))
    (alias core export $i "say" (core func (;0;)))
    (func $say (;0;) (type 0) (canon lift (core func 0)))
    (instance (;0;)
      (export "say" (func $say))
    )
    (export (;1;) "demo:shop/log@0.2.0" (instance 0))
  )
  (instance (;0;) (instantiate 2))
  (alias export 0 "demo:shop/log@0.2.0" (instance (;1;)))
  (instance (;2;) (instantiate 1
      (with "demo:shop/log@0.2.0" (instance 1))
    )
  )
  (alias export 2 "demo:shop/store@0.2.0" (instance (;3;)))
  (instance (;4;) (instantiate 0
      (with "demo:shop/store@0.2.0" (instance 3))
      (with "demo:shop/log@0.2.0" (instance 1))
    )
  )
  (alias export 4 "run" (func (;0;)))
  (export (;1;) "run" (func 0))
)
