//! tencent.

use crate::{Delivery, Normalized, Rejection, Settings};

/// Reads one delivery.
pub fn normalize(_delivery: &Delivery, _settings: &Settings) -> Result<Normalized, Rejection> {
    Err(Rejection::new("unknown_shape", "not written yet"))
}
