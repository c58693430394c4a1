//! Hides secrets in texts that others wrote.

use std::cmp::Reverse;

/// What stands in place of a secret.
const HIDDEN: &str = "[redacted]";
/// Shortest secret that is worth hiding: a shorter text (`v2`, `api`) is in every other sentence.
const SHORTEST_BYTES: usize = 4;

/// The secrets that a text may repeat.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Vec<String>,
}

impl Redactor {
    /// Hides each of `secrets`, the longest first: one that is part of another must not break it up.
    pub fn new(secrets: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let secrets = secrets.into_iter().map(Into::into).filter(|secret| secret.len() >= SHORTEST_BYTES);
        let mut secrets: Vec<_> = secrets.flat_map(forms).collect();
        secrets.sort_by(|a, b| (Reverse(a.len()), a).cmp(&(Reverse(b.len()), b)));
        secrets.dedup();
        Self { secrets }
    }

    /// `text` with every secret in it hidden.
    pub fn redact(&self, text: &str) -> String {
        let hide = |text: String, secret: &String| text.replace(secret.as_str(), HIDDEN);
        self.secrets.iter().fold(text.to_owned(), hide)
    }
}

/// How a secret looks in a text and in JSON.
fn forms(secret: String) -> Vec<String> {
    let in_json = secret.replace('\\', "\\\\").replace('"', "\\\"");
    let with_slashes = in_json.replace('/', "\\/");
    vec![secret, in_json, with_slashes]
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({} texts)", self.secrets.len())
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::SecretUrl;

    #[test]
    fn secrets_are_hidden_the_longest_first() {
        for (secrets, text, redacted) in [
            (&["abcd", "abcdef"][..], "x abcdef y abcd", "x [redacted] y [redacted]"),
            (&["abcdef", "abcd"], "abcdefabcd", "[redacted][redacted]"),
            (&["v2", "api", ""], "api v2", "api v2"),
            (&["a/b\"c"], r#"{"e":"a\/b\"c"}"#, r#"{"e":"[redacted]"}"#),
            (&[], "text", "text"),
        ] {
            assert_eq!(Redactor::new(secrets.iter().copied()).redact(text), redacted);
        }
    }

    #[test]
    fn a_text_that_repeats_a_part_of_a_url_is_redacted() {
        let url = SecretUrl::new(Url::parse("https://chat.example.com/hooks/ab%2Fdef123456").unwrap());
        let redactor = Redactor::new(url.sensitive_parts());
        assert_eq!(
            redactor.redact("no hook ab/def123456 at /hooks/ab%2Fdef123456"),
            "no hook [redacted] at [redacted]"
        );
        assert_eq!(format!("{redactor:?}").matches("def").count(), 0);
    }
}
