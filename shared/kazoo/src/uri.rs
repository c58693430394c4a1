//! The address that a hook calls, which carries a secret.

use std::fmt;

use net::Secret;
use url::Url;

use crate::redaction::{MASK, printable};

/// The path segment before the token in an address of ours.
pub(crate) const PATH: &str = "kazoo";

/// The address that a hook calls. It prints masked: what is not known to be harmless is `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct HookUri(String);

impl HookUri {
    /// Takes `text`, whatever it is, as a hook's address.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The address with its secret, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whatever of it could be a secret that somebody echoes: segments of the path, values of the query.
    pub(crate) fn suspects(&self) -> Vec<Secret> {
        let Ok(url) = Url::parse(&self.0) else {
            return vec![Secret::new(self.0.clone())];
        };
        let segments = url.path_segments().into_iter().flatten().filter(|segment| *segment != PATH);
        let values =
            url.query_pairs().filter(|(name, _)| name != "hook").map(|(_, value)| value.into_owned());
        segments
            .map(Secret::new)
            .chain(values.map(Secret::new))
            .chain(url.password().map(Secret::new))
            .collect()
    }
}

impl fmt::Display for HookUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0).unwrap_or_else(|| MASK.to_owned()))
    }
}

impl fmt::Debug for HookUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HookUri({self})")
    }
}

fn masked(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let origin = url.origin();
    if !origin.is_tuple() {
        return None;
    }
    let path = masked_path(&url).unwrap_or_else(|| format!("/{MASK}"));
    Some(printable(&format!("{}{path}", origin.ascii_serialization())))
}

// Somebody else's address may carry a secret anywhere, so of those only the host is shown.
fn masked_path(url: &Url) -> Option<String> {
    let (before, _token) = url.path().strip_suffix('/').unwrap_or(url.path()).rsplit_once('/')?;
    if before.rsplit('/').next() != Some(PATH) {
        return None;
    }
    let hook = url.query().and_then(|query| query.strip_prefix("hook=")).filter(|hook| is_hook_name(hook));
    Some(match hook {
        Some(hook) => format!("{before}/{MASK}?hook={hook}"),
        None => format!("{before}/{MASK}"),
    })
}

/// Whether `name` is written like the name of a hook.
pub(crate) fn is_hook_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=64).contains(&name.len()) && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_shows_where_it_leads_and_nothing_that_could_be_secret() {
        let shown: Vec<_> = [
            "https://alerts.example.com/kazoo/s3cr3t?hook=channel_destroy",
            "https://alerts.example.com:8443/prod/kazoo/s3cr3t/?hook=channel_destroy",
            "https://alerts.example.com/kazoo/s3cr3t?hook=parking&token=s3cr3t",
            "https://user:s3cr3t@alerts.example.com/kazoo/s3cr3t",
            "https://hooks.example.org/services/T0/B0/s3cr3t",
            "https://hooks.example.org/?key=s3cr3t",
            "mailto:s3cr3t@example.org",
            "s3cr3t",
        ]
        .into_iter()
        .map(|uri| HookUri::new(uri).to_string())
        .collect();
        assert!(!shown.join(" ").contains("s3cr3t"));
        insta::assert_snapshot!(shown.join("\n"), @"
        https://alerts.example.com/kazoo/[redacted]?hook=channel_destroy
        https://alerts.example.com:8443/prod/kazoo/[redacted]?hook=channel_destroy
        https://alerts.example.com/kazoo/[redacted]
        https://alerts.example.com/kazoo/[redacted]
        https://hooks.example.org/[redacted]
        https://hooks.example.org/[redacted]
        [redacted]
        [redacted]
        ");
    }

    #[test]
    fn debug_masks_as_well() {
        let uri = HookUri::new("https://alerts.example.com/kazoo/s3cr3t?hook=parking");
        assert_eq!(format!("{uri:?}"), "HookUri(https://alerts.example.com/kazoo/[redacted]?hook=parking)");
    }
}
