//! Reads a secret as whoever uses it reads it.

use alert::Source;
use api::{ApiSecret, OidcSecret, SessionSecret};
use dispatch::NotificationConfiguration;
use intake::{Finding, Gravity, SecretReport, check_source_secret};
use net::EgressPolicy;
use serde::Deserialize;

/// The secret of signed links.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinksSecret {
    key: String,
}

/// What is found in `text` as the secret `name`, and whether it can be used.
pub(in crate::command) fn read_as_its_user(
    name: &str,
    text: &str,
    egress: &EgressPolicy,
) -> SecretReport<()> {
    match (name, name.parse::<Source>()) {
        ("api", _) => ApiSecret::read(text).without_value(),
        ("links", _) => links(text),
        ("oidc", _) => OidcSecret::read(text).without_value(),
        ("session", _) => SessionSecret::read(text).without_value(),
        (_, Ok(source)) => check_source_secret(source, text),
        (_, Err(_)) => destinations(text, egress),
    }
}

fn destinations(text: &str, egress: &EgressPolicy) -> SecretReport<()> {
    let settings = NotificationConfiguration::read(text, egress);
    let finding = |gravity, problem| Finding { gravity, path: String::new(), problem };
    let mistakes = settings.mistakes.iter().map(|mistake| finding(Gravity::Mistake, mistake.to_string()));
    let warnings = settings.warnings.iter().map(|warning| finding(Gravity::Warning, warning.to_string()));
    SecretReport {
        secret: (!settings.is_unusable).then_some(()),
        findings: mistakes.chain(warnings).collect(),
    }
}

fn links(text: &str) -> SecretReport<()> {
    let key = serde_json::from_str::<LinksSecret>(text).ok().filter(|secret| secret.key.len() >= 16);
    let problem =
        "is not {\"key\": \"…\"} with 16 bytes or more: make one with `openssl rand -hex 32`".to_owned();
    let mistake = Finding { gravity: Gravity::Mistake, path: String::new(), problem };
    SecretReport { findings: if key.is_some() { Vec::new() } else { vec![mistake] }, secret: key.map(drop) }
}
