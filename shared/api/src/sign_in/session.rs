//! Who signed in, as their browser remembers it for us.

use std::sync::Arc;

use alert::Clock as _;
use aws::{Platform, SystemClock};
use http::{HeaderMap, Method, header};
use intake::{Keyring, SecretsError};
use serde::{Deserialize, Serialize};

use super::cookie::{Cookie, Transport};
use super::seal::{Purpose, open, seal};
use super::settings::SessionSecret;
use crate::secret::Role;

/// The name of the secret, behind the prefix.
const SECRET: &str = "session";
/// What the cookie's value begins with: which form it has.
const FORM: &str = "s1.";
/// How long somebody is signed in.
pub(super) const LIFE_SECS: i64 = 8 * 3600;

/// Somebody who signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Who it is for good, by whom they were signed in: `<name of the issuer>:<its subject>`.
    pub(crate) subject: String,
    /// What people call them.
    pub(crate) name: String,
    role: StoredRole,
    /// In seconds since 1970.
    pub(crate) expires_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredRole {
    Read,
    Write,
}

impl Session {
    pub(super) fn new(subject: String, name: String, role: Role, now_secs: i64) -> Self {
        let role = match role {
            Role::Read => StoredRole::Read,
            Role::Write => StoredRole::Write,
        };
        Self { subject, name, role, expires_at: now_secs + LIFE_SECS }
    }

    /// What they may do.
    pub(crate) const fn role(&self) -> Role {
        match self.role {
            StoredRole::Read => Role::Read,
            StoredRole::Write => Role::Write,
        }
    }

    /// The cookie's value.
    pub(super) fn sealed(&self, keys: &Keyring<SessionSecret>) -> Option<String> {
        Some(format!("{FORM}{}", seal(keys, Purpose::Session, self)?))
    }
}

/// Whether people may sign in: the secrets of a stack that signs nobody in need not be there, and are not asked for.
pub(super) const fn is_offered(platform: &Platform) -> bool {
    platform.configuration.signs_people_in || platform.is_local
}

/// The keys of cookies; none where there is no such secret, or no key in it.
pub(super) async fn keys(platform: &Platform) -> Result<Option<Arc<Keyring<SessionSecret>>>, SecretsError> {
    if !is_offered(platform) {
        return Ok(None);
    }
    let keyring = platform.secrets.read(SECRET, SessionSecret::read).await?;
    Ok(keyring.filter(|keyring| !keyring.current.key.expose().is_empty()))
}

/// Whether cookies of `platform` go over TLS alone.
pub(super) fn transport(platform: &Platform) -> Transport {
    let console = platform.configuration.console_url.as_deref().unwrap_or_default();
    if platform.is_local && !console.starts_with("https://") {
        Transport::ThisMachine
    } else {
        Transport::Tls
    }
}

/// Who sent a request, as its cookie says. It counts only where the browser says that our own page sent it, and changes
/// are JSON, which no other site can send.
pub(crate) async fn session(
    platform: &Platform,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Option<Session>, SecretsError> {
    let transport = transport(platform);
    let values = Cookie::Session.values(transport, headers);
    let values: Vec<_> = values.filter_map(|value| value.strip_prefix(FORM)).collect();
    if values.is_empty() || !is_of_our_page(method, headers) {
        return Ok(None);
    }
    let Some(keys) = keys(platform).await? else { return Ok(None) };
    let now = SystemClock.now().as_second();
    let mut sessions = values.into_iter().filter_map(|value| open::<Session>(&keys, Purpose::Session, value));
    Ok(sessions.find(|session| session.expires_at > now))
}

fn is_of_our_page(method: &Method, headers: &HeaderMap) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_json =
        header(header::CONTENT_TYPE.as_str()).split(';').next().map(str::trim) == Some("application/json");
    // A browser asks before it lets another site send a DELETE or JSON.
    let is_safe = method.is_safe() || *method == Method::DELETE || is_json;
    header("sec-fetch-site") == "same-origin" && is_safe
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_our_own_page_is_believed_and_its_changes_are_json() {
        let of = |method: Method, site: &'static str, content_type: &'static str| {
            let headers = HeaderMap::from_iter([
                (http::HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static(site)),
                (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
            ]);
            is_of_our_page(&method, &headers)
        };
        assert!(of(Method::GET, "same-origin", ""));
        assert!(of(Method::POST, "same-origin", "application/json; charset=utf-8"));
        assert!(of(Method::DELETE, "same-origin", ""));
        for site in ["", "none", "same-site", "cross-site"] {
            assert!(!of(Method::GET, site, ""), "{site}");
        }
        for content_type in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
            assert!(!of(Method::POST, "same-origin", content_type), "{content_type}");
        }
    }
}
