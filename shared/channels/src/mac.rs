//! The signature that three kinds of receivers ask for.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The padded base64 of HMAC-SHA256 over `message`.
pub(crate) fn base64_hmac_sha256(key: &[u8], message: &[u8]) -> String {
    // HMAC takes keys of every length; an impossible error would give a signature that nobody accepts.
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(message).finalize());
    BASE64_STANDARD.encode(mac.map(|mac| mac.into_bytes().to_vec()).unwrap_or_default())
}
