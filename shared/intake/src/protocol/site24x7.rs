//! Site24x7: one notification a request, as JSON, form or query.

use std::time::Duration;

use alert::Source;
use http::{Method, StatusCode};
use normalize::site24x7::{AccountNames, normalize, redact};
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};
use serde::Serialize;
use serde_json::json;

use super::{KeyringOf, Protocol};
use crate::{Failure, Kept, Members, OwnMembers, QuarantineId, Reply, Unusable};

/// What Site24x7's client needs, each member under both of its names.
const CLIENT: [&str; 6] =
    ["client_id", "zohoClientId", "client_secret", "zohoClientSecret", "refresh_token", "zohoRefreshToken"];

/// Site24x7's webhook.
#[derive(Debug)]
pub struct Site24x7;

/// What the poller knows the account by, and the webhook therefore, too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Site24x7Members {
    /// What names the account of every event.
    pub(crate) account: AccountNames,
}

/// The answer to a request that is durable but was not understood.
#[derive(Serialize)]
struct Quarantine<'a> {
    error: &'a str,
    quarantine_id: QuarantineId,
}

impl OwnMembers for Site24x7Members {
    fn read(members: &mut Members) -> Result<Self, Unusable> {
        let account = AccountNames::from(members.unread().clone());
        for name in ["account", "zaaid"] {
            members.id(name);
        }
        for name in ["data_center", "zohoAccountTLD"].into_iter().chain(CLIENT) {
            members.text(name);
        }
        let named = AccountNames { account: None, zaaid: None, ..account.clone() };
        if let Err(unknown) = named.name() {
            let unknown = unknown.to_string();
            // Its beginning quotes what stands there.
            let remedy = unknown.split_once(": ").map_or("correct it", |(_, remedy)| remedy);
            members.mistake("data_center", format!("is no data centre of Site24x7: {remedy}"));
        }
        Ok(Self { account })
    }
}

impl Protocol for Site24x7 {
    type Secret = Site24x7Members;

    const SOURCE: Source = Source::Site24x7;
    // The console offers all five for a webhook, and means the same by each.
    const METHODS: &'static [Method] =
        &[Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    // Our installation asks it to wait 30 seconds, and it is assumed to try once only.
    const PATIENCE: Duration = Duration::from_secs(25);

    fn redact(inbound: InboundRequest) -> InboundRequest {
        redact(inbound)
    }

    fn configured(secret: &Self::Secret, configuration: &SourceConfiguration) -> SourceConfiguration {
        // A data centre that nobody knows keeps the poller from starting, but must not cost a notification.
        let unknown = |error| tracing::warn!(source = %Self::SOURCE, error = %error, "events go to the default account");
        let account = secret.account.name().map_err(unknown).ok();
        SourceConfiguration {
            account: account.or_else(|| configuration.account.clone()),
            ..configuration.clone()
        }
    }

    fn normalize(inbound: &InboundRequest, configuration: &SourceConfiguration) -> Result<Normalized, Rejection> {
        normalize(inbound, configuration)
    }

    fn refuse(failure: &Failure) -> Reply {
        Reply::json(failure.status::<Self>(), &json!({ "error": failure.to_string() }))
    }

    fn answer(_: &InboundRequest, outcome: &Result<Kept, Failure>, _: &KeyringOf<Self>) -> Reply {
        match outcome {
            Ok(Kept::Recorded { .. }) => Reply::json(StatusCode::OK, &json!({ "status": "ok" })),
            Ok(Kept::Quarantined(kept)) => {
                let answer = Quarantine { error: &kept.message, quarantine_id: kept.id };
                Reply::json(StatusCode::UNPROCESSABLE_ENTITY, &answer)
            }
            Err(failure) => Self::refuse(failure),
        }
    }
}
