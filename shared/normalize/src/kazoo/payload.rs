//! What was sent, behind one face: v1 or v2, form or JSON, whichever way its keys were spelled.

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::decode::{self, Sent};
use super::{keys, time};
use crate::value::{self, field, filled};
use crate::{InboundRequest, Rejection};

/// Members of the v2 envelope that say nothing about the event.
const ENVELOPE_MEMBERS: [&str; 5] = ["action", "name", "data", "timestamp", "hmac"];

/// Where the account may stand, the best first.
const ACCOUNT_FIELDS: [&str; 4] = [
    "account_id",
    "details.account_id",
    "custom_channel_vars.account_id",
    "details.custom_channel_vars.account_id",
];

/// One request, decoded.
pub(super) struct Payload<'a> {
    /// The event's members with canonical keys, out of any envelope.
    pub(super) fields: Map<String, Value>,
    hook: Option<String>,
    envelope: Option<Envelope>,
    warning: Option<&'static str>,
    request: &'a InboundRequest,
}

/// What the v2 envelope adds to its event.
struct Envelope {
    name: String,
    time: Option<Timestamp>,
}

impl<'a> Payload<'a> {
    /// Decodes `request` and takes the event out of its envelope.
    pub(super) fn read(request: &'a InboundRequest) -> Result<Self, Rejection> {
        let Sent { members, warning } = decode::sent(request)?;
        let (fields, envelope) = opened(keys::canonical_members(members));
        Ok(Self { fields, hook: decode::hook(&request.query), envelope, warning, request })
    }

    /// What the operator should know of how the request was read.
    pub(super) fn warning(&self) -> Option<&'static str> {
        self.warning
    }

    /// The scalar at `path`, whose steps are parted by dots, as trimmed text.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        let mut steps = path.split('.');
        let first = self.fields.get(steps.next()?)?;
        steps.try_fold(first, |parent, step| parent.get(step)).and_then(value::text)
    }

    /// The first of `paths` that holds a text.
    pub(super) fn first_text(&self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| self.text(path))
    }

    /// Whether `path` holds a yes.
    pub(super) fn is_true(&self, path: &str) -> bool {
        self.text(path).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// The time at `path`.
    pub(super) fn time(&self, path: &str) -> Option<Timestamp> {
        self.text(path).and_then(|text| time::read(&text))
    }

    /// When the v2 envelope was made.
    pub(super) fn envelope_time(&self) -> Option<Timestamp> {
        self.envelope.as_ref()?.time
    }

    /// Whether it came as KAZOO 5's v2.
    pub(super) fn is_enveloped(&self) -> bool {
        self.envelope.is_some()
    }

    /// What the event is called, in lower case, by the v2 envelope or else by the member `field`.
    pub(super) fn name(&self, field: &str) -> Option<String> {
        match &self.envelope {
            Some(envelope) => Some(envelope.name.clone()),
            None => self.text(field).map(|name| name.to_ascii_lowercase()),
        }
    }

    /// The name of a notification, a parking or a stream event.
    pub(super) fn event_name(&self) -> Option<String> {
        self.name("event_name")
    }

    /// The event's name, whichever member holds it.
    pub(super) fn any_name(&self) -> Option<String> {
        self.name("hook_event").or_else(|| self.event_name())
    }

    /// The hook that the webhook's URI names, in lower case.
    pub(super) fn hook(&self) -> Option<String> {
        self.hook.clone()
    }

    /// The account it is about, or else the one that owns the hook.
    pub(super) fn account(&self) -> Option<String> {
        self.first_text(&ACCOUNT_FIELDS).or_else(|| self.header("x-account-id"))
    }

    /// The header `name`, in lower case.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.request.headers.get(name).and_then(|sent| filled(sent)).map(str::to_owned)
    }

    /// When it came in.
    pub(super) fn received_at(&self) -> Timestamp {
        self.request.received_at
    }

    /// The minute in which it came in, which distinguishes true events that are equal byte by byte.
    pub(super) fn minute(&self) -> String {
        let secs = self.request.received_at.as_second();
        let minute = secs.saturating_sub(secs.rem_euclid(60));
        Timestamp::from_second(minute).unwrap_or(self.request.received_at).to_string()
    }

    /// SHA-256 of what carried the event, as it is kept, in hex.
    pub(super) fn digest(&self) -> String {
        let carrier =
            if self.request.method == "GET" { self.request.query.as_bytes() } else { &self.request.body };
        format!("{:x}", Sha256::digest(carrier))
    }
}

/// The event and, if `members` are a v2 envelope, what that adds. A hook's `custom_data` lies beside the event
/// there, and joins it as in v1, but for what the event says itself.
fn opened(mut members: Map<String, Value>) -> (Map<String, Value>, Option<Envelope>) {
    let is_event = field(&members, "action").is_some_and(|action| action.eq_ignore_ascii_case("event"));
    let (true, Some(name), Some(data)) = (is_event, field(&members, "name"), value::object(&members, "data"))
    else {
        return (members, None);
    };
    let mut fields = data.clone();
    let time = field(&members, "timestamp").and_then(|text| time::read(&text));
    members.retain(|key, _| !ENVELOPE_MEMBERS.contains(&key.as_str()));
    for (key, value) in members {
        fields.entry(key).or_insert(value);
    }
    (fields, Some(Envelope { name: name.to_ascii_lowercase(), time }))
}
