//! Signatures by [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderName, HeaderValue};
use jiff::Timestamp;

use crate::mac::base64_hmac_sha256;
use crate::settings::Fields;

/// How many bytes a key has.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The keys that messages are signed with: the present one, and the one before it while receivers change over.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Signing {
    keys: Vec<Vec<u8>>,
}

impl Signing {
    /// Reads `signing_secret` and `signing_secret_previous`.
    pub(super) fn read(fields: &mut Fields) -> Self {
        let present = read_key(fields, "signing_secret");
        let previous = read_key(fields, "signing_secret_previous");
        if previous.is_some() && present.is_none() {
            fields.mistake("signing_secret_previous", "stands without signing_secret: give that too");
        }
        Self { keys: present.into_iter().chain(previous).collect() }
    }

    pub(super) const fn is_off(&self) -> bool {
        self.keys.is_empty()
    }

    /// What an answer must not repeat: the keys as the settings write them.
    pub(super) fn secrets(&self) -> Vec<String> {
        self.keys.iter().map(|key| BASE64_STANDARD.encode(key)).collect()
    }

    /// The three headers of a message; none where nothing is signed.
    pub(super) fn headers(&self, id: &str, at: Timestamp, body: &[u8]) -> Vec<(HeaderName, HeaderValue)> {
        if self.is_off() {
            return Vec::new();
        }
        let timestamp = at.as_second().to_string();
        let signatures: Vec<_> = self.keys.iter().map(|key| sign(key, id, &timestamp, body)).collect();
        let headers = [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", signatures.join(" ")),
        ];
        let header = |(name, value): (&'static str, String)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?))
        };
        headers.into_iter().filter_map(header).collect()
    }
}

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signing({} keys)", self.keys.len())
    }
}

/// `v1,` and the base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`.
fn sign(key: &[u8], id: &str, timestamp: &str, body: &[u8]) -> String {
    let message = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
    format!("v1,{}", base64_hmac_sha256(key, &message))
}

fn read_key(fields: &mut Fields, name: &str) -> Option<Vec<u8>> {
    let text = fields.text(name)?;
    let key = decode(&text);
    if key.is_none() {
        let problem = format!(
            "is not a signing secret: write whsec_ and the base64 of {} to {} random bytes",
            KEY_BYTES.start(),
            KEY_BYTES.end()
        );
        fields.mistake(name, problem);
    }
    key
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let key = BASE64_STANDARD.decode(text.trim().strip_prefix("whsec_")?).ok()?;
    KEY_BYTES.contains(&key.len()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_hold() {
        for (secret, id, timestamp, body, signature) in [
            (
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "1614265330",
                r#"{"test": 2432232314}"#,
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
            (
                "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
                "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
                "1649367553",
                r#"{"email":"test@example.com","username":"test_user"}"#,
                "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
            ),
        ] {
            let key = decode(secret).unwrap();
            assert_eq!(sign(&key, id, timestamp, body.as_bytes()), signature);
        }
    }

    #[test]
    fn keys_of_the_wrong_length_or_form_are_refused() {
        let of_bytes = |count: usize| format!("whsec_{}", BASE64_STANDARD.encode(vec![7; count]));
        assert!(decode(&of_bytes(24)).is_some());
        assert!(decode(&of_bytes(64)).is_some());
        assert!(decode(&of_bytes(23)).is_none());
        assert!(decode(&of_bytes(65)).is_none());
        assert!(decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_none());
        assert!(decode("whsec_not base64!").is_none());
    }
}
