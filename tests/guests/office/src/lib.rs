//! Opens accounts and hands them to cashier and clerk: all three mean the same accounts.

wit_bindgen::generate!({ path: "../wit/ledger", world: "office" });

use demo::ledger::accounts::{Account, opened};
use demo::ledger::{deposits, transfers};

struct Office;

export!(Office);

impl Guest for Office {
    fn run() -> (u32, u32) {
        let (kept, closed) = (Account::new(), Account::new());
        deposits::deposit(&kept, 2);
        deposits::deposit(&closed, 40);
        transfers::close(closed, &kept);
        (kept.total(), opened())
    }
}
