//! What a secret may hold, as the function that reads it sees it.

use aws::{Configuration, DEVELOPMENT_TOKEN};
use intake::SourceSecret;
use notify::{Reach, Settings};
use serde_json::{Map, Value};

use super::Name;

/// Members of each source's secret; others are mistakes, most of them misspelt.
const OF_EVERY_SOURCE: [&str; 2] = ["tokens", "basic"];

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
    #[error("`{member}` is no member of it: {known}")]
    Unknown { member: String, known: String },
    #[error("`{path}` {fault}")]
    Member { path: String, fault: &'static str },
    #[error("{0}")]
    Destinations(String),
}

/// Reads `text` as the secret `name`.
pub(super) fn read(name: Name, text: &str, configuration: &Configuration) -> Result<Checked, Mistaken> {
    let members: Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| Mistaken::NoObject { line: error.line(), column: error.column() })?;
    if text.contains(DEVELOPMENT_TOKEN) {
        return Err(Mistaken::Development);
    }
    let warnings = match name {
        Name::Destinations => destinations(text, configuration)?,
        Name::Api => api(&members)?,
        _ => source(name, &members)?,
    };
    Ok(Checked { members, warnings })
}

/// The members that the secret of a source may have.
fn known(name: Name) -> Vec<&'static str> {
    let own: &[&str] = match name {
        Name::Netdata => &["challenge_secret", "client_certificate"],
        Name::Kazoo => &[
            "sha256_key",
            "hook_ids",
            "url",
            "username",
            "password",
            "account_name",
            "api_key",
            "client_certificate",
        ],
        Name::Tencent => &["validation_code", "client_certificate"],
        Name::Site24x7 => &[
            "data_center",
            "client_id",
            "client_secret",
            "refresh_token",
            "zaaid",
            "client_certificate",
            "zohoRefreshToken",
            "zohoClientId",
            "zohoClientSecret",
            "zohoAccountTLD",
        ],
        Name::Api | Name::Destinations => &[],
    };
    [&OF_EVERY_SOURCE, own].concat()
}

fn source(name: Name, members: &Map<String, Value>) -> Result<Vec<String>, Mistaken> {
    let known = known(name);
    if let Some(member) = members.keys().find(|member| !known.contains(&member.as_str())) {
        return Err(Mistaken::Unknown { member: member.clone(), known: known.join(", ") });
    }
    for (index, token) in elements(members, "tokens")?.iter().enumerate() {
        credential(token, || format!("tokens[{index}]"))?;
    }
    for (index, pair) in elements(members, "basic")?.iter().enumerate() {
        for member in ["username", "password"] {
            credential(&pair[member], || format!("basic[{index}].{member}"))?;
        }
    }
    let secret: SourceSecret =
        serde_json::from_value(Value::Object(members.clone())).map_err(|_| Mistaken::Member {
            path: name.as_str().to_owned(),
            fault: "has a member of another kind than it should be",
        })?;
    let nobody = format!("nobody can send as {}: there are neither `tokens` nor `basic`", name.as_str());
    Ok(if secret.admits_anybody() { Vec::new() } else { vec![nobody] })
}

fn api(members: &Map<String, Value>) -> Result<Vec<String>, Mistaken> {
    if let Some(member) = members.keys().find(|member| *member != "tokens") {
        return Err(Mistaken::Unknown { member: member.clone(), known: "tokens".to_owned() });
    }
    let tokens = elements(members, "tokens")?;
    for (index, entry) in tokens.iter().enumerate() {
        credential(&entry["token"], || format!("tokens[{index}].token"))?;
        let fault =
            |path: &str, fault| Err(Mistaken::Member { path: format!("tokens[{index}].{path}"), fault });
        if entry["name"].as_str().is_none_or(|name| name.trim().is_empty()) {
            return fault("name", "has to say whose token it is");
        }
        if !["read", "write"].contains(&entry["role"].as_str().unwrap_or_default()) {
            return fault("role", "has to be `read` or `write`");
        }
    }
    let nobody = "nobody can use the API: there are no `tokens`".to_owned();
    Ok(if tokens.is_empty() { vec![nobody] } else { Vec::new() })
}

fn destinations(text: &str, configuration: &Configuration) -> Result<Vec<String>, Mistaken> {
    let reach = Reach::public().and_networks(configuration.notify_networks.clone());
    let settings = Settings::read(text, &reach);
    match settings.mistakes.first() {
        Some(mistake) => Err(Mistaken::Destinations(mistake.to_string())),
        None => Ok(settings.warnings.iter().map(ToString::to_string).collect()),
    }
}

fn elements<'a>(members: &'a Map<String, Value>, member: &str) -> Result<&'a [Value], Mistaken> {
    match members.get(member) {
        None => Ok(&[]),
        Some(Value::Array(elements)) => Ok(elements),
        Some(_) => Err(Mistaken::Member { path: member.to_owned(), fault: "has to be a list" }),
    }
}

/// A token or a half of a pair: a text that a sender can present.
fn credential(value: &Value, path: impl Fn() -> String) -> Result<(), Mistaken> {
    let fault = |fault| Err(Mistaken::Member { path: path(), fault });
    match value.as_str() {
        None => fault("has to be a text"),
        Some("") => fault("is empty, and matches nobody"),
        Some(text) if text.trim() != text => {
            fault("has blanks or a line break around it, which no sender presents")
        }
        Some(text) if text.chars().any(char::is_control) => {
            fault("has a line break or another control character in it")
        }
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(name: Name, text: &str) -> String {
        read(name, text, &Configuration::default()).unwrap_err().to_string()
    }

    #[test]
    fn a_value_that_the_function_understands_is_taken_as_it_is() {
        for (name, text) in [
            (
                Name::Netdata,
                r#"{"tokens": ["t0k"], "challenge_secret": "c", "client_certificate": {"required": true}}"#,
            ),
            (
                Name::Kazoo,
                r#"{"basic": [{"username": "u", "password": "p"}], "url": "https://kazoo.example"}"#,
            ),
            (Name::Site24x7, r#"{"tokens": ["t"], "data_center": "eu", "refresh_token": "r"}"#),
            (Name::Api, r#"{"tokens": [{"token": "t", "name": "me", "role": "write"}]}"#),
            (Name::Destinations, r#"{"destinations": []}"#),
        ] {
            let value = read(name, text, &Configuration::default()).unwrap();
            assert_eq!(Value::Object(value.members), serde_json::from_str::<Value>(text).unwrap());
        }
    }

    #[test]
    fn a_value_that_lets_nobody_in_is_taken_with_a_warning() {
        let warnings = |name, text| read(name, text, &Configuration::default()).unwrap().warnings;
        assert_eq!(
            warnings(Name::Kazoo, "{}"),
            ["nobody can send as kazoo: there are neither `tokens` nor `basic`"]
        );
        assert_eq!(warnings(Name::Api, "{}"), ["nobody can use the API: there are no `tokens`"]);
    }

    #[test]
    fn a_mistake_is_named_by_its_path_and_never_by_its_value() {
        for (name, text, says) in [
            (Name::Kazoo, "s3cr3t", "it is no JSON object, see line 1, column 1"),
            (
                Name::Kazoo,
                r#"{"tokens": ["s3cr3t\n"]}"#,
                "`tokens[0]` has blanks or a line break around it, which no sender presents",
            ),
            (Name::Kazoo, r#"{"tokens": "s3cr3t"}"#, "`tokens` has to be a list"),
            (Name::Kazoo, r#"{"tokens": ["a", ""]}"#, "`tokens[1]` is empty, and matches nobody"),
            (Name::Kazoo, r#"{"basic": [{"username": "u"}]}"#, "`basic[0].password` has to be a text"),
            (
                Name::Api,
                r#"{"tokens": [{"token": "s3cr3t", "name": "me", "role": "admin"}]}"#,
                "`tokens[0].role` has to be `read` or `write`",
            ),
        ] {
            assert_eq!(mistake(name, text), says);
        }
        let unknown = mistake(Name::Netdata, r#"{"token": "s3cr3t"}"#);
        assert!(unknown.starts_with("`token` is no member of it: tokens, basic, "), "{unknown}");
        let known = format!(r#"{{"tokens": ["{DEVELOPMENT_TOKEN}-netdata"]}}"#);
        assert!(mistake(Name::Netdata, &known).contains("openssl rand -hex 32"));
        let destinations =
            mistake(Name::Destinations, r#"{"destinations": [{"id": "x", "type": "pigeon"}]}"#);
        assert!(!destinations.is_empty());
    }
}
