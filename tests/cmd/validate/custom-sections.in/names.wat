(module
  (func $only)
  (@custom "name" "\01\05\01\07\02ab"))
