//! Texts that must never reach a log, an error or the table.

use std::fmt;

use url::Url;

/// A key, token or password. Printing it prints nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

/// A URL whose path or query is a credential. Printing it prints the host only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretUrl(Url);

impl Secret {
    /// Keeps `text` from being printed.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that sends it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl SecretUrl {
    /// Keeps `url` from being printed.
    pub(crate) const fn new(url: Url) -> Self {
        Self(url)
    }

    /// The URL itself, for the one place that sends to it.
    pub(crate) const fn expose(&self) -> &Url {
        &self.0
    }

    /// The host, which may be named.
    pub(crate) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// What of the URL would give access, should an answer repeat it: the longest parts first.
    pub(crate) fn sensitive_parts(&self) -> Vec<String> {
        let path = self.0.path();
        let query = self.0.query().unwrap_or_default();
        let segments = path.split('/').chain(query.split(['&', '=']));
        [self.0.as_str(), path, query].into_iter().chain(segments).map(str::to_owned).collect()
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

/// Shortest part that is worth hiding: a shorter one (`v2`, `api`) is in every other text.
const SHORTEST_SECRET_BYTES: usize = 4;

/// `text` with every one of `secrets` in it hidden.
pub(crate) fn redact(text: &str, secrets: &[String]) -> String {
    let mut secrets: Vec<_> = secrets.iter().filter(|secret| secret.len() >= SHORTEST_SECRET_BYTES).collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.into_iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "[redacted]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_printed() {
        let url =
            SecretUrl::new(Url::parse("https://hooks.example.com/services/T0/B0/hidden?key=deep").unwrap());
        assert_eq!(format!("{:?}", Secret::new("hidden")), "[redacted]");
        assert_eq!(format!("{url:?}"), "https://hooks.example.com/[redacted]");
    }

    #[test]
    fn an_answer_that_repeats_a_part_of_the_url_is_redacted() {
        let url = SecretUrl::new(Url::parse("https://chat.example.com/hooks/abcdef123456").unwrap());
        let text = redact("no hook abcdef123456 at /hooks/abcdef123456", &url.sensitive_parts());
        assert_eq!(text, "no hook [redacted] at [redacted]");
    }
}
