//! KAZOO: three methods, two encodings, and exactly 200 once a sender is known, because six other answers in a
//! minute switch the hook off.

use std::time::Duration;

use alert::Source;
use http::{Method, StatusCode};
use net::Secret;
use normalize::kazoo::{Signature, check_signature, normalize, redact};
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};
use serde::Serialize;
use serde_json::json;

use super::{KeyringOf, Protocol};
use crate::{Failure, Kept, Members, OwnMembers, Reply, Unusable};

/// The header that names the webhook which fired.
const HOOK_ID: &str = "x-hook-id";

/// KAZOO's webhooks.
#[derive(Debug)]
pub struct Kazoo;

/// What restricts KAZOO's webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KazooMembers {
    /// Key of KAZOO 5's signatures.
    sha256_key: Option<Secret>,
    /// The webhooks that may speak to us; any if empty.
    pub(crate) hook_ids: Vec<String>,
}

/// The answer to a request that is durable now.
#[derive(Serialize)]
struct Answer {
    status: &'static str,
    id: String,
}

impl OwnMembers for KazooMembers {
    fn read(members: &mut Members) -> Result<Self, Unusable> {
        for name in ["url", "username", "password", "account_name", "api_key", "account_id"] {
            members.text(name);
        }
        Ok(Self {
            sha256_key: members.restricting_secret("sha256_key")?,
            hook_ids: members.restricting_names("hook_ids")?,
        })
    }
}

impl Protocol for Kazoo {
    type Secret = KazooMembers;

    const SOURCE: Source = Source::Kazoo;
    const METHODS: &'static [Method] = &[Method::GET, Method::POST, Method::PUT];
    // It waits for an answer without end but never repeats one that was not 200: so we repeat for as long as the
    // gateway lets us.
    const PATIENCE: Duration = Duration::from_secs(25);
    const KEPT_HEADERS: &'static [&'static str] = &[HOOK_ID, "x-account-id"];

    fn trusts(inbound: &InboundRequest, keyring: &KeyringOf<Self>) -> bool {
        // What restricts is the current version's alone: a looser one before it must not count.
        is_known_hook(inbound, &keyring.current.own) && is_signed(inbound, &keyring.current.own)
    }

    fn configured(secret: &Self::Secret, configuration: &SourceConfiguration) -> SourceConfiguration {
        SourceConfiguration { own_hook_ids: secret.hook_ids.clone(), ..configuration.clone() }
    }

    fn redact(inbound: InboundRequest) -> InboundRequest {
        redact(inbound)
    }

    fn normalize(inbound: &InboundRequest, configuration: &SourceConfiguration) -> Result<Normalized, Rejection> {
        normalize(inbound, configuration)
    }

    fn refuse(failure: &Failure) -> Reply {
        Reply::json(failure.status::<Self>(), &json!({ "error": failure.to_string() }))
    }

    fn answer(_: &InboundRequest, outcome: &Result<Kept, Failure>, _: &KeyringOf<Self>) -> Reply {
        let answer = match outcome {
            Ok(Kept::Recorded { events, recorded, duplicates }) => Answer {
                status: if *recorded == 0 && *duplicates > 0 { "duplicate" } else { "recorded" },
                id: events.first().map(|event| event.event_id.to_string()).unwrap_or_default(),
            },
            Ok(Kept::Quarantined(kept)) => Answer { status: "quarantined", id: kept.id.to_string() },
            Err(failure) => return Self::refuse(failure),
        };
        Reply::json(StatusCode::OK, &answer)
    }
}

/// Whether the webhook that fired is one of those that the operator named; any is, where none is named.
fn is_known_hook(inbound: &InboundRequest, secret: &KazooMembers) -> bool {
    let hook_id = inbound.headers.get(HOOK_ID);
    secret.hook_ids.is_empty() || hook_id.is_some_and(|hook_id| secret.hook_ids.contains(hook_id))
}

/// Whether the body carries the signature that the configured key gives. Where a key is configured, a body that KAZOO
/// does not sign is refused, too: whoever has the token alone would else leave the signature out.
fn is_signed(inbound: &InboundRequest, secret: &KazooMembers) -> bool {
    let Some(key) = &secret.sha256_key else { return true };
    check_signature(&inbound.body, key.expose(), inbound.received_at) == Signature::Valid
}
