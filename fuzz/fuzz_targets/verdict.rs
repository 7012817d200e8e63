//! Is this valid, with these features?

use wct::features::Features;
use wct::validate::{Options, validate};

pub fn valid(bytes: &[u8], features: Features) -> bool {
    let options = Options {
        features,
        ..Options::default()
    };
    validate("bytes", bytes, &options).valid
}
