//! The canary: a signed note that goes from the notifier through gateway, table and stream, and back.
//!
//! A token is `c1.<out|back>.<Unix seconds>.<base64url(HMAC-SHA256)>`; the code is over [`DOMAIN`] and what stands before
//! it, by the key of links.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::Mac;
use jiff::Timestamp;

use crate::LinkKeys;

/// What the code begins with, so that it is of no use anywhere else.
const DOMAIN: &[u8] = b"campanile/canary/1\n";
/// What a token of this form begins with.
const FORM: &str = "c1";
/// How long a token is good, and how far ahead of our clock that of whoever made it may be.
const GOOD_FOR: Duration = Duration::from_hours(1);
/// Longest token that is looked at, in bytes.
const MOST_BYTES: usize = 128;

/// On which leg of its way a canary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanaryLeg {
    /// From the schedule into the table.
    Out,
    /// From the table's stream back to us.
    Back,
}

/// A note of when it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Canary {
    /// Where it is.
    pub leg: CanaryLeg,
    /// When it set out, to the second.
    pub sent_at: Timestamp,
}

impl CanaryLeg {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Back => "back",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Out, Self::Back].into_iter().find(|leg| leg.as_str() == word)
    }
}

impl Canary {
    /// The token of this canary.
    pub fn sign(&self, keys: &LinkKeys) -> String {
        let text = format!("{FORM}.{}.{}", self.leg.as_str(), self.sent_at.as_second());
        let code = BASE64_URL_SAFE_NO_PAD.encode(keys.code(DOMAIN, &text).finalize().into_bytes());
        format!("{text}.{code}")
    }

    /// The canary of `token`, if it is ours and of the last hour. The code is compared in constant time.
    pub fn verify(token: &str, keys: &LinkKeys, now: Timestamp) -> Option<Self> {
        let (text, code) = Some(token).filter(|token| token.len() <= MOST_BYTES)?.rsplit_once('.')?;
        let code = BASE64_URL_SAFE_NO_PAD.decode(code).ok()?;
        let rest = text.strip_prefix(FORM).filter(|_| keys.is_code_of(DOMAIN, text, &code))?;
        let (leg, seconds) = rest.strip_prefix('.')?.split_once('.')?;
        let sent_at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
        let is_fresh = now.duration_since(sent_at).unsigned_abs() <= GOOD_FOR;
        Some(Self { leg: CanaryLeg::parse(leg)?, sent_at }).filter(|_| is_fresh)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(byte: u8) -> LinkKeys {
        LinkKeys::new(vec![byte; 32], None).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_token_is_good_for_an_hour_and_for_its_own_leg_and_key() {
        for leg in [CanaryLeg::Out, CanaryLeg::Back] {
            let canary = Canary { leg, sent_at: at(1_800_000_000) };
            let token = canary.sign(&keys(1));
            assert_eq!(Canary::verify(&token, &keys(1), at(1_800_003_600)), Some(canary));
            assert_eq!(Canary::verify(&token, &keys(1), at(1_800_003_601)), None);
            assert_eq!(Canary::verify(&token, &keys(2), at(1_800_000_000)), None);
            let rotated = LinkKeys::new(vec![2; 32], Some(vec![1; 32])).unwrap();
            assert_eq!(Canary::verify(&token, &rotated, at(1_800_000_000)), Some(canary));
        }
    }

    #[test]
    fn a_canary_is_no_link_to_acknowledge() {
        let token = Canary { leg: CanaryLeg::Out, sent_at: at(1_800_000_000) }.sign(&keys(1));
        assert_eq!(keys(1).verify(&token, at(1_800_000_000)), Err(crate::LinkError::Forged));
    }

    proptest! {
        #[test]
        fn one_changed_character_makes_it_void(place in 0..62_usize, digit in "[A-Za-z0-9_.-]") {
            let token = Canary { leg: CanaryLeg::Back, sent_at: at(1_800_000_000) }.sign(&keys(1));
            let mut changed = token.clone();
            changed.replace_range(place..=place, &digit);
            prop_assume!(changed != token);
            prop_assert_eq!(Canary::verify(&changed, &keys(1), at(1_800_000_000)), None);
        }

        #[test]
        fn no_other_text_is_a_canary(token in "(c1\\.)?\\PC{0,150}") {
            prop_assert_eq!(Canary::verify(&token, &keys(1), at(1_800_000_000)), None);
        }
    }
}
