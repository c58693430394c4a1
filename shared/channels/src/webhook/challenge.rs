//! The ownership check: whoever answers at the URL knows the challenge secret.

use net::{HttpAnswer, HttpRequest, Secret, Unanswered};

use super::Webhook;
use crate::mac::base64_hmac_sha256;
use crate::{Ownership, OwnershipFailure};

impl Ownership for Webhook {
    fn question(&self, token: &str) -> HttpRequest {
        let mut url = self.url.expose().clone();
        url.query_pairs_mut().append_pair("crc_token", token);
        let add = |request: HttpRequest, (name, value)| request.with_header(name, value);
        self.own_headers().into_iter().fold(HttpRequest::get(url), add)
    }

    fn verify(&self, token: &str, answer: &Result<HttpAnswer, Unanswered>) -> Result<(), OwnershipFailure> {
        let answer =
            answer.as_ref().map_err(|unanswered| OwnershipFailure::Unanswered(unanswered.clone()))?;
        if answer.status != 200 {
            return Err(OwnershipFailure::Status(answer.status));
        }
        let body = answer.json();
        let response = Secret::new(body["response_token"].as_str().ok_or(OwnershipFailure::Shape)?);
        let secret = self.challenge_secret.as_ref().map_or("", Secret::expose);
        let is_right = response == Secret::new(response_token(secret, token));
        if is_right { Ok(()) } else { Err(OwnershipFailure::Token) }
    }
}

/// `sha256=` and the padded base64 of HMAC-SHA256 over `token`.
fn response_token(secret: &str, token: &str) -> String {
    format!("sha256={}", base64_hmac_sha256(secret.as_bytes(), token.as_bytes()))
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
