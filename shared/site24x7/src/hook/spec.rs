//! The webhook as it should be.

use std::fmt;

use net::Secret;
use serde_json::{Value, json};
use url::Url;

/// The name under which the webhook is found again, unless another is chosen.
pub const DEFAULT_NAME: &str = "Campanile";
/// The custom header in which our token comes back.
pub const HEADER: &str = "X-API-KEY";

/// What identifies our webhook, and what it has to send.
#[derive(Clone)]
pub struct WebhookSpec {
    name: String,
    url: String,
    key: Secret,
}

impl WebhookSpec {
    /// A webhook named `name` that calls `url` with `key` in [`HEADER`].
    pub fn new(name: &str, url: &str, key: Secret) -> Result<Self, SpecError> {
        let (name, url) = (name.trim(), url.trim());
        if name.is_empty() {
            return Err(SpecError::Name);
        }
        let is_web =
            Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_web {
            return Err(SpecError::Url);
        }
        if !key.fits_a_header() {
            return Err(SpecError::Key);
        }
        Ok(Self { name: name.to_owned(), url: url.to_owned(), key })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it calls.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it sends in [`HEADER`].
    pub fn key(&self) -> &Secret {
        &self.key
    }

    /// The body of the calls that create and change it. `auth_method` `B`, Basic, works without credentials.
    pub(crate) fn body(&self) -> Value {
        json!({
            "name": self.name,
            "type": 8,
            "url": self.url,
            "method": "P",
            "timeout": 30,
            "selection_type": 0,
            "is_poller_webhook": false,
            "down_alert": true,
            "critical_alert": true,
            "trouble_alert": true,
            "send_incident_parameters": true,
            "send_in_json_format": true,
            "auth_method": "B",
            "custom_headers": [{ "name": HEADER, "value": self.key.expose() }],
            "alert_tags_id": [],
            "service_status": 0,
            "manage_tickets": false,
        })
    }
}

impl fmt::Debug for WebhookSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path of the url may end in a token.
        f.debug_struct("WebhookSpec")
            .field("name", &self.name)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Why a webhook cannot be wanted like this. No text quotes the key, nor the url, which may hold a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// It has no name.
    #[error("the webhook needs a name, by which it is found again")]
    Name,
    /// Its url is none.
    #[error("the webhook's url is not one that Site24x7 can call: give it in full, with https://")]
    Url,
    /// Its key would not survive as a header.
    #[error("the webhook's key cannot stand in a header: use visible ASCII characters without blanks")]
    Key,
}
