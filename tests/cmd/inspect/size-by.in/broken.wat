(component
  (core module
    (func $_ZN4core3fmt5write17h0123456789abcdefE (result i32) (i32.const 1))
    (func $_ZN5space3fooEibc nop)
    (func $plain nop))
  (alias core export 3 "nothing" (core func)))
