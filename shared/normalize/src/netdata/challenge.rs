//! The handshake by which Netdata Cloud makes sure that the URL's owner knows the challenge secret.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The `response_token` for a `crc_token` that has been form-decoded: `sha256=` and the padded base64 of its
/// HMAC-SHA-256 under `secret`.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "HMAC takes keys of every length; an empty reply instead would hide a bug"
)]
pub fn challenge_response(secret: &str, crc_token: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(crc_token.as_bytes());
    format!("sha256={}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_rfc_4231_text_vector_holds() {
        assert_eq!(
            challenge_response("Jefe", "what do ya want for nothing?"),
            "sha256=W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
        );
    }

    #[test]
    fn the_vector_that_everybody_knows_holds() {
        assert_eq!(
            challenge_response("key", "The quick brown fox jumps over the lazy dog"),
            "sha256=97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg="
        );
    }

    #[test]
    fn the_secret_of_the_documented_program_answers_like_it() {
        assert_eq!(
            challenge_response("YOUR_CHALLENGE_SECRET", "abc"),
            "sha256=igirIzhbd6iobXEwWgppO5ngqEUUC/mDt+r/dfCbeGk="
        );
    }

    proptest! {
        #[test]
        fn every_secret_and_token_have_an_answer_of_one_length(secret in ".{0,200}", token in ".*") {
            prop_assert_eq!(challenge_response(&secret, &token).len(), "sha256=".len() + 44);
        }
    }
}
