(module $app
  (func $dead
    call $dead)
  (func $twice (param $value i32) (result i32)
    local.get $value
    i32.const 2
    i32.mul)
  (func (export "four-times") (param $value i32) (result i32)
    local.get $value
    call $twice
    call $twice)
  (@custom "notes" "stay")
  (@custom "other" "goes"))
