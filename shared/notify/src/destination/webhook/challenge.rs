//! The ownership check: whoever answers at the URL knows the challenge secret.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::Webhook;
use crate::answer::{Answer, Unanswered};
use crate::request::Request;

/// Why the ownership check did not pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeFailure {
    /// The settings hold no challenge secret.
    #[error("the destination has no challenge secret: nothing is to be checked")]
    NotConfigured,
    /// No answer came within the time for it.
    #[error("no answer to the challenge")]
    Unanswered(#[source] Unanswered),
    /// Another status than 200.
    #[error("the challenge was answered with status {0}: answer 200")]
    Status(u16),
    /// The body is no JSON object with a text `response_token`.
    #[error("the challenge's answer is not a JSON object with a text `response_token`")]
    Shape,
    /// The token is another than the secret gives.
    #[error(
        "the challenge's `response_token` is wrong: use the same secret, and sha256= with padded base64 of the HMAC"
    )]
    Token,
}

impl Webhook {
    /// The request that asks for the answer to `token`.
    pub(crate) fn challenge(&self, token: &str) -> Request {
        let mut url = self.url.expose().clone();
        url.query_pairs_mut().append_pair("crc_token", token);
        self.own_headers()
            .into_iter()
            .fold(Request::get(url), |request, (name, value)| request.with_header(name, value))
    }

    /// Whether `answer` is the answer to `token`.
    pub(crate) fn verify_challenge(&self, token: &str, answer: &Answer) -> Result<(), ChallengeFailure> {
        let secret = self.challenge_secret.as_ref().ok_or(ChallengeFailure::NotConfigured)?;
        if answer.status != 200 {
            return Err(ChallengeFailure::Status(answer.status));
        }
        let body = answer.json();
        let response = body["response_token"].as_str().ok_or(ChallengeFailure::Shape)?;
        let expected = response_token(secret.expose(), token);
        let is_right: bool = response.as_bytes().ct_eq(expected.as_bytes()).into();
        if is_right { Ok(()) } else { Err(ChallengeFailure::Token) }
    }
}

/// `sha256=` and the padded base64 of HMAC-SHA256 over `token`.
fn response_token(secret: &str, token: &str) -> String {
    // HMAC takes keys of every length; an impossible error would give a token that nobody answers.
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mac| mac.chain_update(token).finalize());
    let digest = mac.map(|mac| mac.into_bytes().to_vec()).unwrap_or_default();
    format!("sha256={}", BASE64_STANDARD.encode(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_hold() {
        for (secret, token, response) in [
            ("Jefe", "what do ya want for nothing?", "sha256=W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="),
            (
                "key",
                "The quick brown fox jumps over the lazy dog",
                "sha256=97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=",
            ),
            ("YOUR_CHALLENGE_SECRET", "abc", "sha256=igirIzhbd6iobXEwWgppO5ngqEUUC/mDt+r/dfCbeGk="),
        ] {
            assert_eq!(response_token(secret, token), response);
        }
    }
}
