//! Tencent Cloud Monitor: every answer names the session and a return code, and 0 means that it is durable.

use std::time::Duration;

use alert::Source;
use http::{Method, StatusCode};
use net::Secret;
use normalize::tencent::{VERIFICATION_PROBE, normalize, session_id};
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{KeyringOf, Protocol};
use crate::{Failure, Kept, Members, OwnMembers, Quarantined, Reply, Unusable};

/// Tencent Cloud Monitor's callback.
#[derive(Debug)]
pub struct Tencent;

/// What Tencent's console wants to see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TencentMembers {
    /// What the console shows for the verification probe.
    validation_code: Option<Secret>,
}

/// The body that Tencent's documents ask for; the quarantine members are ours.
#[derive(Serialize)]
struct Acknowledgement<'a> {
    #[serde(rename = "sessionId")]
    session_id: &'a RawValue,
    #[serde(rename = "retCode")]
    ret_code: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quarantine_id: Option<String>,
}

impl OwnMembers for TencentMembers {
    fn read(members: &mut Members) -> Result<Self, Unusable> {
        for name in ["secret_id", "secret_key", "endpoint"] {
            members.text(name);
        }
        Ok(Self { validation_code: members.secret("validation_code") })
    }
}

impl Protocol for Tencent {
    type Secret = TencentMembers;

    const SOURCE: Source = Source::Tencent;
    const METHODS: &'static [Method] = &[Method::POST];
    // It waits 5 seconds, and asks again after a 500: the page names no other status.
    const PATIENCE: Duration = Duration::from_secs(4);
    const STORE_FAILURE: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

    fn normalize(inbound: &InboundRequest, configuration: &SourceConfiguration) -> Result<Normalized, Rejection> {
        normalize(inbound, configuration)
    }

    fn refuse(failure: &Failure) -> Reply {
        acknowledge(failure.status::<Self>(), &session_id(b""), 1, None)
    }

    fn answer(
        inbound: &InboundRequest,
        outcome: &Result<Kept, Failure>,
        keyring: &KeyringOf<Self>,
    ) -> Reply {
        let session = session_id(&inbound.body);
        match outcome {
            Ok(Kept::Recorded { .. }) => acknowledge(StatusCode::OK, &session, 0, None),
            Ok(Kept::Quarantined(kept)) => verification(kept, keyring)
                .unwrap_or_else(|| acknowledge(StatusCode::OK, &session, 0, Some(kept))),
            Err(failure) => acknowledge(failure.status::<Self>(), &session, 1, None),
        }
    }
}

fn acknowledge(status: StatusCode, session: &RawValue, ret_code: u8, kept: Option<&Quarantined>) -> Reply {
    let body = Acknowledgement {
        session_id: session,
        ret_code,
        error: kept.map(|kept| kept.message.as_str()),
        quarantine_id: kept.map(|kept| kept.id.to_string()),
    };
    Reply::json(status, &body)
}

/// The console's verification code, where the probe asks for it and the operator configured it.
fn verification(kept: &Quarantined, keyring: &KeyringOf<Tencent>) -> Option<Reply> {
    let TencentMembers { validation_code } = &keyring.current.own;
    let code = validation_code.as_ref().filter(|_| kept.reason == VERIFICATION_PROBE)?;
    Some(Reply::text(StatusCode::OK, code.expose()))
}
