//! Reads a secret as whoever uses it reads it.

use alert::Source;
use api::{ApiSecret, OidcSecret, SessionSecret};
use dispatch::NotificationConfiguration;
use intake::{Finding, Gravity, SecretReport, SourceSecret};
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
        ("api", _) => without_value(ApiSecret::read(text)),
        ("links", _) => links(text),
        ("oidc", _) => without_value(OidcSecret::read(text)),
        ("session", _) => without_value(SessionSecret::read(text)),
        (_, Ok(source)) => without_value(SourceSecret::read(source, text)),
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

fn without_value<T>(reading: SecretReport<T>) -> SecretReport<()> {
    SecretReport { secret: reading.secret.map(drop), findings: reading.findings }
}
