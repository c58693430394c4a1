//! Values that are sent and kept, but never shown.

use std::fmt;

/// How much of a foreign message is kept: enough to recognise it, too little to fill a log.
const MESSAGE_CHARS: usize = 300;

/// A credential. `Debug` hides it and there is no `Display`.
///
/// Equality distinguishes a cached token from a refused one; what a caller presents is never compared with it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the value as it is.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the request or the store that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it can stand in a header: visible ASCII, and something at all.
    pub(crate) fn fits_a_header(&self) -> bool {
        !self.0.is_empty() && self.0.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

/// A message of another system, fit to be shown: without the given secrets, on one line, of bounded length.
pub(crate) fn presentable<'a>(message: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> String {
    let mut text = message.to_owned();
    for secret in secrets.into_iter().filter(|secret| !secret.0.is_empty()) {
        text = text.replace(&secret.0, "[redacted]");
    }
    let line = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    line.take(MESSAGE_CHARS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_value() {
        assert_eq!(format!("{:?}", Secret::new("1000.abc")), "Secret([redacted])");
    }

    #[test]
    fn a_foreign_message_loses_secrets_line_breaks_and_its_tail() {
        let secret = Secret::new("1000.abc");
        let message = format!("bad token 1000.abc\r\n{}", "x".repeat(1000));
        let shown = presentable(&message, [&secret, &Secret::new("")]);
        assert!(shown.starts_with("bad token [redacted]  xxx"), "{shown}");
        assert_eq!(shown.chars().count(), MESSAGE_CHARS);
    }

    #[test]
    fn what_would_break_a_header_does_not_fit_one() {
        for value in ["", "two words", "line\nbreak", "naïve"] {
            assert!(!Secret::new(value).fits_a_header(), "{value}");
        }
        assert!(Secret::new("1000.abc-DEF_~").fits_a_header());
    }
}
