//! The dice of a running process.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Chance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dice;

impl dispatch::Random for Dice {
    fn fraction(&self) -> f64 {
        fastrand::f64()
    }

    fn token(&self) -> String {
        let bytes: [u8; 32] = std::array::from_fn(|_| fastrand::u8(..));
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }
}
