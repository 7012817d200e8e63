(module $cart (func $checkout (export "f"))
  (@producers (language "Rust" "2024"))
  (@custom "version" "0.1.0"))
