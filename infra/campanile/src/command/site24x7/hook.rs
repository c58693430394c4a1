//! The webhook that an operator wants: where it calls, and the token that it shows.

use aws::DEVELOPMENT_TOKEN;
use clap::Args;
use net::Secret;
use reqwest::Url;
use serde_json::{Map, Value};
use site24x7::hook::{DEFAULT_NAME, SpecError, WebhookSpec};

/// The path of the function that the webhook calls.
const PATH: &str = "site24x7";

/// How the webhook is found again.
#[derive(Debug, Args)]
pub(super) struct Name {
    /// Name of the webhook in Site24x7
    #[arg(long, default_value = DEFAULT_NAME)]
    pub(super) name: String,
}

/// A webhook that cannot be wanted.
#[derive(Debug, thiserror::Error)]
pub(super) enum HookError {
    #[error("the secret `{0}` has no `tokens`: put a random one there, 32 random bytes long")]
    NoToken(String),
    #[error("the secret `{0}` holds a token of development: put one of your own there, 32 random bytes long")]
    Development(String),
    #[error("the webhook cannot be installed like this")]
    Spec(#[source] SpecError),
}

/// The webhook named `name` that calls Campanile at `url` with the first token of the secret.
pub(super) fn spec(
    name: &str,
    url: &Url,
    members: &Map<String, Value>,
    secret_name: &str,
) -> Result<WebhookSpec, HookError> {
    let token = first_token(members).ok_or_else(|| HookError::NoToken(secret_name.to_owned()))?;
    if token.starts_with(DEVELOPMENT_TOKEN) {
        return Err(HookError::Development(secret_name.to_owned()));
    }
    WebhookSpec::new(name, &hook_url(url), Secret::new(token)).map_err(HookError::Spec)
}

/// The address of the function, where Campanile is at `url`.
pub(super) fn hook_url(url: &Url) -> String {
    let mut url = url.clone();
    let base = url.path().trim_end_matches('/');
    let base = base.strip_suffix(PATH).unwrap_or(base).trim_end_matches('/');
    url.set_path(&format!("{base}/{PATH}"));
    url.to_string()
}

/// The token that the webhook shows.
pub(super) fn first_token(members: &Map<String, Value>) -> Option<&str> {
    let tokens = members.get("tokens")?.as_array()?;
    tokens.iter().filter_map(Value::as_str).map(str::trim).find(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_is_found_under_any_address_of_campanile() {
        for (url, hook) in [
            ("https://alerts.example.com", "https://alerts.example.com/site24x7"),
            ("https://alerts.example.com/", "https://alerts.example.com/site24x7"),
            ("https://alerts.example.com/site24x7", "https://alerts.example.com/site24x7"),
            (
                "https://a.execute-api.eu-central-1.amazonaws.com/prod",
                "https://a.execute-api.eu-central-1.amazonaws.com/prod/site24x7",
            ),
        ] {
            assert_eq!(hook_url(&url.parse().unwrap()), hook);
        }
    }
}
