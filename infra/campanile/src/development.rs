//! The secrets that the local bundle uses unless it is given others. Functions refuse them.

use serde_json::Value;

/// `infra/development-secrets.json`.
pub(crate) const SECRETS: &str = include_str!("../../development-secrets.json");

/// The first token of the secret `campanile/<name>`.
pub(crate) fn token(name: &str) -> Option<String> {
    let secrets: Value = serde_json::from_str(SECRETS).ok()?;
    let token = &secrets[format!("campanile/{name}")]["tokens"][0];
    token.as_str().or_else(|| token["token"].as_str()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_development_token_says_what_it_is() {
        for name in intake::WEBHOOKS.iter().map(|source| source.as_str()).chain(["api"]) {
            let token = token(name).unwrap_or_default();
            assert!(
                token.starts_with(aws::DEVELOPMENT_TOKEN),
                "`campanile/{name}` has no token of development: add one to infra/development-secrets.json"
            );
        }
    }
}
