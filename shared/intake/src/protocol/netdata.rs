//! Netdata Cloud: JSON in, JSON out, and an ownership challenge by GET.

use std::time::Duration;

use alert::Source;
use http::request::Parts;
use http::{Method, StatusCode};
use net::Secret;
use normalize::netdata::{challenge_response, normalize, test_token};
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};
use serde::Serialize;
use serde_json::json;

use super::{KeyringOf, Protocol};
use crate::{CertificateRule, Failure, Kept, Members, OwnMembers, QuarantineId, Reply, Unusable};

/// The longest question that the challenge answers, in bytes.
const CRC_TOKEN_BYTES: usize = 1024;

/// Netdata's own common name.
const COMMON_NAME: &str = "app.netdata.cloud";

/// Netdata Cloud's webhook.
#[derive(Debug)]
pub struct Netdata;

/// How Netdata proves itself besides tokens, and we to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetdataMembers {
    /// Answers the ownership challenge, and serves nothing else.
    challenge_secret: Option<Secret>,
    /// The sender's client certificate.
    client_certificate: Option<CertificateRule>,
}

/// The answers to what was kept; serialised in this order.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Recorded { status: &'static str, recorded: usize, duplicates: usize },
    Test { status: &'static str, test: bool, token: &'a str },
    Quarantined { error: &'a str, quarantine_id: QuarantineId },
}

impl OwnMembers for NetdataMembers {
    fn read(members: &mut Members) -> Result<Self, Unusable> {
        for name in ["api_token", "endpoint", "polled"] {
            members.text(name);
        }
        let challenge_secret = members.secret("challenge_secret");
        let client_certificate = members.restricting_object("client_certificate", |members| {
            Ok(CertificateRule {
                common_name: members.restricting_text("common_name", COMMON_NAME)?,
                required: members.restricting_flag("required")?,
            })
        })?;
        Ok(Self { challenge_secret, client_certificate })
    }

    fn client_certificate(&self) -> Option<&CertificateRule> {
        self.client_certificate.as_ref()
    }
}

impl Protocol for Netdata {
    type Secret = NetdataMembers;

    const SOURCE: Source = Source::Netdata;
    const METHODS: &'static [Method] = &[Method::GET, Method::POST];
    // Undocumented for notifications, and a notification may come only once: so for as long as the gateway waits.
    const PATIENCE: Duration = Duration::from_secs(25);

    fn handshake(parts: &Parts, keyring: &KeyringOf<Self>) -> Option<Result<Reply, Failure>> {
        (parts.method == Method::GET).then(|| challenge(parts.uri.query().unwrap_or_default(), keyring))
    }

    fn accepts(inbound: &InboundRequest) -> bool {
        inbound.content_type.as_deref().is_none_or(is_json)
    }

    fn normalize(inbound: &InboundRequest, configuration: &SourceConfiguration) -> Result<Normalized, Rejection> {
        normalize(inbound, configuration)
    }

    fn refuse(failure: &Failure) -> Reply {
        Reply::json(failure.status::<Self>(), &json!({ "error": failure.to_string() }))
    }

    fn answer(
        _request: &InboundRequest,
        outcome: &Result<Kept, Failure>,
        _keyring: &KeyringOf<Self>,
    ) -> Reply {
        match outcome {
            Ok(Kept::Recorded { events, recorded, duplicates }) => {
                let (status, recorded, duplicates) = ("ok", *recorded, *duplicates);
                let answer = match test_token(events) {
                    Some(token) => Answer::Test { status, test: true, token },
                    None => Answer::Recorded { status, recorded, duplicates },
                };
                Reply::json(StatusCode::OK, &answer)
            }
            Ok(Kept::Quarantined(kept)) => {
                let answer = Answer::Quarantined { error: &kept.message, quarantine_id: kept.id };
                Reply::json(StatusCode::UNPROCESSABLE_ENTITY, &answer)
            }
            Err(failure) => Self::refuse(failure),
        }
    }
}

/// Proves to Netdata that the operator who typed the challenge secret owns this URL. Only the current secret answers.
fn challenge(query: &str, keyring: &KeyringOf<Netdata>) -> Result<Reply, Failure> {
    let secret = keyring.current.own.challenge_secret.as_ref().ok_or(Failure::NoChallengeSecret)?;
    let (_, crc_token) = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "crc_token")
        .filter(|(_, value)| !value.trim().is_empty() && value.len() <= CRC_TOKEN_BYTES)
        .ok_or(Failure::BadChallenge)?;
    let response_token = challenge_response(secret.expose(), &crc_token);
    Ok(Reply::json(StatusCode::OK, &json!({ "response_token": response_token })))
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.is_empty()
        || essence == "application/json"
        || essence == "text/json"
        || essence.ends_with("+json")
}
