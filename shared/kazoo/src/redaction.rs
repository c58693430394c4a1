//! Text that came from outside, made fit to be shown: without secrets, without control characters, short.

use net::{Redactor, Secret, sanitize};

/// What stands where a secret stood.
pub(crate) const MASK: &str = "[redacted]";

/// Longest text shown from outside, in characters.
const LONGEST: usize = 300;

/// What ends the path segment that follows `/kazoo/` in a running text.
const SEGMENT_ENDS: [char; 16] =
    ['/', '?', '#', '&', '"', '\'', '`', '\\', ' ', ',', ';', '<', '>', ')', '}', ']'];

/// The secrets that a request carried, and that its answer may therefore echo.
#[derive(Default)]
pub(crate) struct Redaction(Redactor);

impl Redaction {
    pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        Self(Redactor::new(secrets.into_iter().map(Secret::expose)))
    }

    /// `text` without the request's secrets and without the token of any hook's address.
    pub(crate) fn clean(&self, text: &str) -> String {
        printable(&mask_tokens(&self.0.redact(text)))
    }
}

/// `text` on one line, without what could steer a terminal, and cut to a length that people read.
pub(crate) fn printable(text: &str) -> String {
    let line = sanitize::line(text);
    let mut shown: String = line.chars().take(LONGEST).collect();
    if line.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

fn mask_tokens(text: &str) -> String {
    let mut pieces = text.split("/kazoo/");
    let mut masked = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        masked.push_str("/kazoo/");
        masked.push_str(&mask_first_segment(piece));
    }
    masked
}

fn mask_first_segment(path: &str) -> String {
    let end = path.find(SEGMENT_ENDS).unwrap_or(path.len());
    // Nothing to hide, or hidden already.
    if end == 0 || path.starts_with(MASK) {
        return path.to_owned();
    }
    format!("{MASK}{}", &path[end..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_in_a_running_text_is_masked_even_if_nobody_named_it() {
        let text = "bad uri \"https://a.example.com/p/kazoo/0ld-t0ken?hook=parking\", see /kazoo/ and /kazoo/x/kazoo/y";
        assert_eq!(
            Redaction::default().clean(text),
            "bad uri \"https://a.example.com/p/kazoo/[redacted]?hook=parking\", see /kazoo/ and /kazoo/[redacted]/kazoo/[redacted]"
        );
    }

    #[test]
    fn a_known_token_in_an_address_is_redacted_once() {
        let secrets = [Secret::new("s3cr3t")];
        assert_eq!(
            Redaction::of(&secrets).clean("at /kazoo/s3cr3t?x (s3cr3t)"),
            "at /kazoo/[redacted]?x ([redacted])"
        );
    }

    #[test]
    fn a_long_text_with_control_characters_is_cut_and_cleaned() {
        let shown = printable(&format!("\u{1b}[31m{}", "a".repeat(400)));
        assert_eq!(shown.chars().count(), LONGEST + 1);
        assert!(shown.starts_with("[31maaa") && shown.ends_with('…'));
    }

    proptest! {
        #[test]
        fn no_known_secret_is_ever_left(before in ".{0,40}", after in ".{0,40}", secret in "[A-Za-z0-9]{8,24}") {
            let secrets = [Secret::new(secret.clone())];
            let cleaned = Redaction::of(&secrets).clean(&format!("{before}{secret}{after}"));
            prop_assert!(!cleaned.contains(&secret));
        }
    }
}
