//! Signed links by which whoever reads a notification acknowledges, without a login.
//!
//! A token is `l1.<base64url(JSON)>.<base64url(HMAC-SHA256)>`; the code is over [`DOMAIN`] and the middle part as sent.
//! It is a credential for one thing only: acknowledging one episode of one alert, or what fires of one group.

use alert::Fingerprint;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// What the code begins with, so that it is of no use anywhere else.
const DOMAIN: &[u8] = b"campanile/link/1\n";
/// What a token of this form begins with.
const FORM: &str = "l1";
/// How long a link may acknowledge.
pub const LINK_TTL: SignedDuration = SignedDuration::from_hours(72);
/// Longest token that is looked at, in bytes.
const MOST_BYTES: usize = 1024;

/// What a link may do, and until when. The names are short because they travel in every notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The alert, or the group.
    #[serde(rename = "f")]
    pub target: Fingerprint,
    /// When the episode opened, in Unix seconds: the link is of no other episode. Of a group: when the link was made.
    #[serde(rename = "o")]
    pub opened_at: i64,
    /// The destination that it was sent to.
    #[serde(rename = "d")]
    pub destination: String,
    /// What it may do.
    #[serde(rename = "a")]
    pub action: LinkAction,
    /// Until when, in Unix seconds.
    #[serde(rename = "e")]
    pub expires_at: i64,
}

/// What a link may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkAction {
    /// Acknowledge one alert.
    #[serde(rename = "ack")]
    Acknowledge,
    /// Acknowledge what fires of a group.
    #[serde(rename = "ack-group")]
    AcknowledgeGroup,
}

/// The keys of links: the current one signs, both are known.
#[derive(Clone)]
pub struct LinkKeys {
    current: Vec<u8>,
    previous: Option<Vec<u8>>,
}

/// Why a token is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It is none of ours, or was changed or cut. Nothing more is said, and nothing is read for it.
    #[error("the link is not valid")]
    Forged,
    /// It was ours and is too old to acknowledge; what it is about may still be shown.
    #[error("the link has expired")]
    Expired(Box<Link>),
}

impl LinkKeys {
    /// Keys of 16 bytes at least; the previous one is still known after a rotation.
    pub fn new(current: Vec<u8>, previous: Option<Vec<u8>>) -> Option<Self> {
        let is_strong = |key: &Vec<u8>| key.len() >= 16;
        is_strong(&current).then(|| Self { current, previous: previous.filter(is_strong) })
    }

    /// The token of `link`.
    pub fn sign(&self, link: &Link) -> String {
        let body = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(link).unwrap_or_default());
        let code = BASE64_URL_SAFE_NO_PAD.encode(self.code(DOMAIN, &body).finalize().into_bytes());
        format!("{FORM}.{body}.{code}")
    }

    /// What `token` may do at `now`. The code is compared in constant time.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Link, LinkError> {
        let link = self.read(token).ok_or(LinkError::Forged)?;
        if link.expires_at < now.as_second() {
            return Err(LinkError::Expired(Box::new(link)));
        }
        Ok(link)
    }

    fn read(&self, token: &str) -> Option<Link> {
        let token = Some(token).filter(|token| token.len() <= MOST_BYTES)?;
        let mut parts = token.split('.');
        let (form, body, given) = (parts.next()?, parts.next()?, parts.next()?);
        if form != FORM || parts.next().is_some() {
            return None;
        }
        let given = BASE64_URL_SAFE_NO_PAD.decode(given).ok()?;
        let is_ours = self.is_code_of(DOMAIN, body, &given);
        let json = BASE64_URL_SAFE_NO_PAD.decode(body).ok().filter(|_| is_ours)?;
        serde_json::from_slice(&json).ok()
    }

    /// The code of `text` for `domain`, by the current key.
    pub(crate) fn code(&self, domain: &[u8], text: &str) -> Hmac<Sha256> {
        code(&self.current, domain, text)
    }

    /// Whether `given` is the code of `text` for `domain`, by either key.
    pub(crate) fn is_code_of(&self, domain: &[u8], text: &str, given: &[u8]) -> bool {
        let keys = std::iter::once(&self.current).chain(&self.previous);
        keys.fold(false, |is_ours, key| is_ours | code(key, domain, text).verify_slice(given).is_ok())
    }
}

impl Link {
    /// The link in a notification of `destination` made at `now`.
    pub fn new(
        action: LinkAction,
        target: Fingerprint,
        opened_at: Timestamp,
        destination: &str,
        now: Timestamp,
    ) -> Self {
        let expires_at = now.checked_add(LINK_TTL).unwrap_or(now).as_second();
        let (opened_at, destination) = (opened_at.as_second(), destination.to_owned());
        Self { target, opened_at, destination, action, expires_at }
    }
}

impl std::fmt::Debug for LinkKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKeys([redacted])")
    }
}

fn code(key: &[u8], domain: &[u8], body: &str) -> Hmac<Sha256> {
    // HMAC takes a key of any length.
    let mut code = <Hmac<Sha256> as Mac>::new_from_slice(key)
        .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()));
    code.update(domain);
    code.update(body.as_bytes());
    code
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VECTOR: &str = "l1.eyJmIjoiMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYiLCJvIjoxNzk5OTkwMDAwLCJkIjoib3BzLXNsYWNrIiwiYSI6ImFjayIsImUiOjE4MDAyNDkyMDB9.ZWS8JpWSvznaabVt8tW08UFWgoz5QGFtiq9-6Xsk4C4";

    fn keys() -> LinkKeys {
        LinkKeys::new((0..32).collect(), None).unwrap()
    }

    fn link() -> Link {
        Link {
            target: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            opened_at: 1_799_990_000,
            destination: "ops-slack".to_owned(),
            action: LinkAction::Acknowledge,
            expires_at: 1_800_249_200,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn the_published_vector_holds() {
        assert_eq!(keys().sign(&link()), VECTOR);
        assert_eq!(keys().verify(VECTOR, at(1_800_000_000)), Ok(link()));
    }

    #[test]
    fn a_link_that_is_too_old_still_says_what_it_was_about() {
        let expired = LinkError::Expired(Box::new(link()));
        assert_eq!(keys().verify(VECTOR, at(1_800_249_201)), Err(expired));
    }

    #[test]
    fn a_link_of_the_previous_key_is_known_and_one_of_an_older_key_is_not() {
        let rotated = LinkKeys::new(vec![7; 32], Some((0..32).collect())).unwrap();
        assert_eq!(rotated.verify(VECTOR, at(1_800_000_000)), Ok(link()));
        let rotated_twice = LinkKeys::new(vec![8; 32], Some(vec![7; 32])).unwrap();
        assert_eq!(rotated_twice.verify(VECTOR, at(1_800_000_000)), Err(LinkError::Forged));
    }

    #[test]
    fn a_short_key_is_none() {
        assert!(LinkKeys::new(vec![1; 15], None).is_none());
    }

    proptest! {
        #[test]
        fn no_other_text_is_a_link(token in "\\PC{0,200}") {
            prop_assert_eq!(keys().verify(&token, at(0)), Err(LinkError::Forged));
        }

        #[test]
        fn one_changed_character_makes_it_void(place in 0..VECTOR.len(), digit in "[A-Za-z0-9_-]") {
            let mut token = VECTOR.to_owned();
            token.replace_range(place..=place, &digit);
            // The last digit of a code of 32 bytes carries two bits that say nothing; base64 refuses other values of them.
            prop_assume!(token != VECTOR);
            prop_assert_eq!(keys().verify(&token, at(1_800_000_000)), Err(LinkError::Forged));
        }
    }
}
