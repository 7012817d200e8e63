//! Keeps accounts: a resource with a state of its own.

wit_bindgen::generate!({ path: "../wit/ledger", world: "bank" });

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

use exports::demo::ledger::accounts::{Guest, GuestAccount};

static OPENED: AtomicU32 = AtomicU32::new(0);

struct Bank;

export!(Bank);

impl Guest for Bank {
    type Account = Account;

    fn opened() -> u32 {
        OPENED.load(Ordering::Relaxed)
    }
}

struct Account {
    total: Cell<u32>,
}

impl GuestAccount for Account {
    fn new() -> Account {
        OPENED.fetch_add(1, Ordering::Relaxed);
        Account {
            total: Cell::new(0),
        }
    }

    fn add(&self, amount: u32) {
        self.total.set(self.total.get() + amount);
    }

    fn total(&self) -> u32 {
        self.total.get()
    }
}
