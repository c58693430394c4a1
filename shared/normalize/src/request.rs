//! What goes into a normalizer and what comes out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use alert::{AlertEvent, Severity};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One authenticated request, without its credentials: all that is needed to read it now or once more later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboundRequest {
    /// The HTTP method in capitals.
    pub method: String,
    /// The raw query string without `?`, and without the parameter that carried a token.
    pub query: String,
    /// The `Content-Type` as sent.
    pub content_type: Option<String>,
    /// The few headers that mean something to the source's normalizer, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body as sent, decoded from any transfer encoding.
    #[serde(skip)]
    pub body: Vec<u8>,
    /// When the pipeline took it in.
    pub received_at: Timestamp,
}

impl InboundRequest {
    /// A request of `method` that says nothing but that, such as one that nobody sent.
    pub fn empty(method: &str, received_at: Timestamp) -> Self {
        Self {
            method: method.to_owned(),
            query: String::new(),
            content_type: None,
            headers: BTreeMap::new(),
            body: Vec::new(),
            received_at,
        }
    }

    /// A request of `method` whose body is the JSON `body`, such as what was fetched, as if it had been sent.
    pub fn json(method: &str, body: impl Into<Vec<u8>>, received_at: Timestamp) -> Self {
        let content_type = Some("application/json".to_owned());
        Self { content_type, body: body.into(), ..Self::empty(method, received_at) }
    }
}

/// What the operator has configured and a payload cannot say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceConfiguration {
    /// The account of every event of a source whose payloads name none (Site24x7).
    pub account: Option<String>,
    /// The severity of an event that has none or an unknown one (Tencent; `warning` unless set).
    pub default_severity: Option<Severity>,
    /// Ids of the webhooks that point at us (KAZOO).
    pub own_hook_ids: Vec<String>,
}

/// The warning of a body that was damaged and could be read all the same; it is counted, too.
pub const REPAIRED: &str = "the body is damaged: read as far as its sense was plain";

/// A request understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Normalized {
    /// What it says: none, one or several events.
    pub events: Vec<AlertEvent>,
    /// What the operator should know though the events are good; logged, never part of a reply.
    pub warnings: Vec<&'static str>,
}

/// Why a request was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// A word for machines, such as `not_json` or `missing:realm`.
    pub reason: Cow<'static, str>,
    /// A sentence for people: what was wrong, where, and what to do.
    pub message: String,
}

impl Rejection {
    /// A rejection for `reason`, explained by `message`.
    pub fn new(reason: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { reason: reason.into(), message: message.into() }
    }
}

impl Normalized {
    /// The same with a further warning, if there is one.
    pub(crate) fn with_warning(mut self, warning: Option<&'static str>) -> Self {
        self.warnings.extend(warning);
        self
    }
}

impl From<Vec<AlertEvent>> for Normalized {
    fn from(events: Vec<AlertEvent>) -> Self {
        Self { events, warnings: Vec::new() }
    }
}
