//! Texts that must never reach a log, an error or the table.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use url::Url;

/// A key, token or password: printing it prints nothing of it, and comparing it takes the same time for every guess.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

/// A URL whose path or query is a credential: printing it prints the host only.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(Url);

impl Secret {
    /// Keeps `text` from being printed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `presented` is this text, in time that depends on neither, not even on how long they are. A blank secret
    /// matches nothing.
    pub fn matches(&self, presented: &str) -> Choice {
        let known = Sha256::digest(self.0.as_bytes());
        let blank = Choice::from(u8::from(self.0.is_empty()));
        known.ct_eq(&Sha256::digest(presented.as_bytes())) & !blank
    }

    /// Whether it can stand in a header: visible ASCII, and something at all.
    pub fn fits_a_header(&self) -> bool {
        !self.0.is_empty() && self.0.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl SecretUrl {
    /// Keeps `url` from being printed.
    pub const fn new(url: Url) -> Self {
        Self(url)
    }

    /// The URL itself, for the one place that sends to it.
    pub const fn expose(&self) -> &Url {
        &self.0
    }

    /// The host, which may be named.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// What of the URL would give access, should an answer repeat it: as it is written, and decoded.
    pub fn sensitive_parts(&self) -> Vec<String> {
        let path = self.0.path();
        let query = self.0.query().unwrap_or_default();
        let segments = path.split('/').chain(query.split(['&', '=']));
        let written = [self.0.as_str(), path, query].into_iter().chain(segments);
        written
            .flat_map(|part| [part.to_owned(), percent_decode_str(part).decode_utf8_lossy().into()])
            .collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/[redacted]", self.0.scheme(), self.host())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_printed() {
        let url = "https://hooks.example.com/services/T0/B0/hidden?key=deep";
        let url = SecretUrl::new(Url::parse(url).unwrap());
        assert_eq!(format!("{:?}", Secret::new("hidden")), "[redacted]");
        assert_eq!(format!("{url:?}"), "https://hooks.example.com/[redacted]");
    }

    #[test]
    fn secrets_are_equal_by_their_text() {
        assert_eq!(Secret::new("a"), Secret::new("a"));
        assert_ne!(Secret::new("a"), Secret::new("ab"));
        assert_ne!(Secret::new("a"), Secret::new("b"));
    }

    #[test]
    fn a_presented_text_matches_itself_alone_and_a_blank_secret_nothing() {
        assert!(bool::from(Secret::new("a").matches("a")));
        assert!(!bool::from(Secret::new("a").matches("b")));
        assert!(!bool::from(Secret::default().matches("")));
    }

    #[test]
    fn what_would_break_a_header_does_not_fit_one() {
        for value in ["", "two words", "line\nbreak", "naïve"] {
            assert!(!Secret::new(value).fits_a_header(), "{value}");
        }
        assert!(Secret::new("1000.abc-DEF_~").fits_a_header());
    }
}
