//! What was sent by a known sender and could not be understood.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use alert::Source;
use jiff::Timestamp;
use normalize::{InboundRequest, Rejection};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::kept;

/// Names one entry of the quarantine: a UUID of version 7, so that it also says when the request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QuarantineId(Uuid);

/// A request with the reason why it was not understood; without the credentials it came with. It is kept whole, or
/// else says that it is not, see [`BODY_LENGTH`](crate::BODY_LENGTH).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Its name.
    pub id: QuarantineId,
    /// Who sent it.
    pub source: Source,
    /// A word for machines.
    pub reason: String,
    /// A sentence for people.
    pub message: String,
    /// The request.
    pub inbound: InboundRequest,
}

/// A text that names no entry of the quarantine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a quarantine id: copy it from the reply or from the list of the quarantine")]
pub struct ParseQuarantineIdError(String);

impl Quarantined {
    /// Puts `inbound` of `source` into quarantine for `rejection`, as far as a table item holds its body.
    pub fn new(source: Source, rejection: Rejection, inbound: InboundRequest) -> Self {
        let id = QuarantineId::of(source, &inbound);
        let cut = match kept(&inbound) {
            Cow::Owned(cut) => Some(cut),
            Cow::Borrowed(_) => None,
        };
        let inbound = cut.unwrap_or(inbound);
        Self { id, source, reason: rejection.reason.into_owned(), message: rejection.message, inbound }
    }
}

impl QuarantineId {
    /// The id of `inbound`: its moment in milliseconds, and a hash where other UUIDs have chance.
    fn of(source: Source, inbound: &InboundRequest) -> Self {
        let received_at = inbound.received_at;
        let mut hasher = Sha256::new();
        hasher.update(source.as_str());
        hasher.update(received_at.as_nanosecond().to_be_bytes());
        hasher.update(&inbound.query);
        hasher.update(b"\n");
        hasher.update(&inbound.body);
        let mut chance = [0; 10];
        chance.copy_from_slice(&hasher.finalize()[..10]);
        let millis = u64::try_from(received_at.as_millisecond()).unwrap_or_default();
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid())
    }

    /// When the request came in, in whole milliseconds.
    pub fn received_at(self) -> Timestamp {
        let bytes = self.0.as_bytes();
        let millis = bytes[..6].iter().fold(0_i64, |millis, byte| millis << 8 | i64::from(*byte));
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for QuarantineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<QuarantineId> for String {
    fn from(id: QuarantineId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for QuarantineId {
    type Error = ParseQuarantineIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for QuarantineId {
    type Err = ParseQuarantineIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uuid = Uuid::try_parse(text).ok().filter(|uuid| uuid.get_version_num() == 7);
        uuid.map(Self).ok_or_else(|| ParseQuarantineIdError(text.chars().take(64).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbound(body: &str) -> InboundRequest {
        InboundRequest {
            method: "POST".into(),
            query: String::new(),
            content_type: None,
            headers: [].into(),
            body: body.into(),
            received_at: "2026-11-21T18:45:12.123456Z".parse().unwrap(),
        }
    }

    #[test]
    fn an_id_says_when_its_request_came_in() {
        let id = QuarantineId::of(Source::Netdata, &inbound("{}"));
        assert_eq!(id.received_at(), "2026-11-21T18:45:12.123Z".parse().unwrap());
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn two_bodies_of_one_moment_have_two_ids() {
        let [one, other] = ["{}", "[]"].map(|body| QuarantineId::of(Source::Netdata, &inbound(body)));
        assert_ne!(one, other);
    }

    #[test]
    fn what_is_no_id_is_named_in_the_error() {
        let error = "latest".parse::<QuarantineId>().unwrap_err();
        assert!(error.to_string().starts_with("`latest` is not a quarantine id"));
    }
}
