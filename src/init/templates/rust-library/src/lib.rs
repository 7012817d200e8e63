//! Greets people.

wit_bindgen::generate!({ path: "wit" });

use exports::example::hello::greeter::Guest;

struct Hello;

impl Guest for Hello {
    fn greet(name: String) -> String {
        greeting(&name)
    }
}

export!(Hello);

fn greeting(name: &str) -> String {
    format!("Hello, {name}!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_says_the_name() {
        assert_eq!(greeting("World"), "Hello, World!");
    }
}
