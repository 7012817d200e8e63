//! Closes accounts that somebody else keeps.

wit_bindgen::generate!({ path: "../wit/ledger", world: "clerk" });

use demo::ledger::accounts::Account;
use exports::demo::ledger::transfers::Guest;

struct Clerk;

export!(Clerk);

impl Guest for Clerk {
    fn close(account: Account, to: &Account) {
        to.add(account.total());
    }
}
