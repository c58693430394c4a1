//! The clock and the dice of a running process.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use intake::Clock as _;
use jiff::{SignedDuration, Timestamp};

use crate::SystemClock;

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct System;

/// Chance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dice;

#[async_trait]
impl dispatch::Clock for System {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn sleep(&self, span: SignedDuration) {
        tokio::time::sleep(Duration::try_from(span).unwrap_or_default()).await;
    }
}

impl dispatch::Random for Dice {
    fn fraction(&self) -> f64 {
        fastrand::f64()
    }

    fn token(&self) -> String {
        let bytes: [u8; 32] = std::array::from_fn(|_| fastrand::u8(..));
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }
}
