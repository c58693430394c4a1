//! What a secret may hold, as the function that reads it sees it.

use aws::{Configuration, DEVELOPMENT_TOKEN};
use intake::{Finding, Gravity};
use net::EgressPolicy;
use serde_json::{Map, Value};

use super::super::secrets::reading::read_as_its_user;

/// A value that can be written.
#[derive(Debug)]
pub(super) struct Checked {
    /// The value.
    pub(super) members: Map<String, Value>,
    /// What works, and is hardly meant.
    pub(super) warnings: Vec<String>,
}

/// A value that the function would not understand. No message quotes it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Mistaken {
    #[error("it is no JSON object, see line {line}, column {column}")]
    NoObject { line: usize, column: usize },
    #[error(
        "it holds a token of the local bundle, which everybody knows: make one with `openssl rand -hex 32`"
    )]
    Development,
    #[error("{0}")]
    Member(String),
}

/// Reads `text` as the secret `name`.
pub(super) fn read(name: &str, text: &str, configuration: &Configuration) -> Result<Checked, Mistaken> {
    let members: Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| Mistaken::NoObject { line: error.line(), column: error.column() })?;
    if text.contains(DEVELOPMENT_TOKEN) {
        return Err(Mistaken::Development);
    }
    let egress = EgressPolicy::public().and_networks(configuration.notify_networks.clone());
    let findings = read_as_its_user(name, text, &egress).findings;
    let is_mistake = |finding: &&Finding| finding.gravity == Gravity::Mistake;
    if let Some(mistake) = findings.iter().find(is_mistake) {
        return Err(Mistaken::Member(mistake.to_string()));
    }
    Ok(Checked { members, warnings: findings.iter().map(ToString::to_string).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(name: &str, text: &str) -> String {
        read(name, text, &Configuration::default()).unwrap_err().to_string()
    }

    #[test]
    fn a_value_that_the_function_understands_is_taken_as_it_is() {
        for (name, text) in [
            (
                "netdata",
                r#"{"tokens": ["t0k"], "challenge_secret": "c", "client_certificate": {"required": true}}"#,
            ),
            ("kazoo", r#"{"basic": [{"username": "u", "password": "p"}], "url": "https://kazoo.example"}"#),
            ("site24x7", r#"{"tokens": ["t"], "data_center": "eu", "refresh_token": "r"}"#),
            ("api", r#"{"tokens": [{"token": "t", "name": "me", "role": "write"}]}"#),
            ("destinations", r#"{"destinations": []}"#),
            ("links", r#"{"key": "0123456789abcdef"}"#),
            ("session", r#"{"key": "0123456789abcdef0123456789abcdef"}"#),
            (
                "oidc",
                r#"{"issuers": [{"name": "corp", "issuer": "https://id.example.com", "client_id": "c",
                    "roles": [{"claim": "/groups", "value": "ops", "role": "write"}]}]}"#,
            ),
        ] {
            let value = read(name, text, &Configuration::default()).unwrap();
            assert_eq!(Value::Object(value.members), serde_json::from_str::<Value>(text).unwrap());
        }
    }

    #[test]
    fn a_value_that_lets_nobody_in_is_taken_with_a_warning() {
        let warnings = |name, text| read(name, text, &Configuration::default()).unwrap().warnings;
        assert_eq!(warnings("kazoo", "{}").len(), 1);
        assert_eq!(warnings("api", "{}").len(), 1);
    }

    #[test]
    fn a_mistake_is_named_by_its_path_and_never_by_its_value() {
        for (name, text, path) in [
            ("kazoo", "s3cr3t", "line 1, column 1"),
            ("kazoo", r#"{"tokens": "s3cr3t"}"#, "tokens"),
            ("kazoo", r#"{"tokens": ["a", ""]}"#, "tokens[1]"),
            ("kazoo", r#"{"basic": [{"username": "u"}]}"#, "basic[0]"),
            ("api", r#"{"tokens": [{"token": "s3cr3t", "name": "me", "role": "admin"}]}"#, "tokens[0].role"),
            ("netdata", r#"{"token": "s3cr3t"}"#, "token"),
            ("links", r#"{"key": "s3cr3t"}"#, "openssl rand -hex 32"),
            ("session", r#"{"key": "s3cr3t"}"#, "openssl rand -hex 32"),
            ("oidc", r#"{"issuers": [{"name": "s3cr3t!"}]}"#, "issuers[0].name"),
            ("destinations", r#"{"destinations": [{"id": "x", "type": "pigeon"}]}"#, "destinations[0]"),
        ] {
            let message = mistake(name, text);
            assert!(message.contains(path) && !message.contains("s3cr3t"), "{message}");
        }
        let known = format!(r#"{{"tokens": ["{DEVELOPMENT_TOKEN}-netdata"]}}"#);
        assert!(mistake("netdata", &known).contains("openssl rand -hex 32"));
    }
}
