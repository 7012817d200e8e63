//! Pays into accounts that somebody else keeps.

wit_bindgen::generate!({ path: "../wit/ledger", world: "cashier" });

use demo::ledger::accounts::Account;
use exports::demo::ledger::deposits::Guest;

struct Cashier;

export!(Cashier);

impl Guest for Cashier {
    fn deposit(to: &Account, amount: u32) {
        to.add(amount);
    }
}
