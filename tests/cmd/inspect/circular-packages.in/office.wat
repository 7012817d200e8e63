;; The world `office` of demo:ledger@1.0.0 uses demo:ledger@1.4.0, which uses demo:ledger@1.0.0.
(component
  (type
    (component
      (type
        (component
          (type (instance (export "account" (type (sub resource)))))
          (import "demo:ledger/accounts@1.0.0" (instance (type 0)))
          (alias export 0 "account" (type))
          (type
            (instance
              (alias outer 1 1 (type))
              (export "account" (type (eq 0)))))
          (import "demo:ledger/transfers@1.4.0" (instance (type 2)))))
      (export "demo:ledger/office@1.0.0" (component (type 0)))))
  (export "office" (type 0)))
