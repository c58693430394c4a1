//! An event recognised, and the alert events it makes.

use alert::{AlertEvent, EventId, Fingerprint, Labels, Order, Source};

use super::identity::{AlertKind, Found, Missing};
use super::table::{Account, Key, Row, Statement};
use super::{Payload, annotations, sentence, wording};
use crate::{Rejection, SourceConfiguration};

/// The version of the identity fields; it changes when they do, so that old and new alerts stay apart.
const IDENTITY_VERSION: &str = "kazoo/1";

/// One event of KAZOO's, and what its kind of event means.
pub(super) struct Occurrence<'a> {
    /// What was sent.
    pub(super) payload: &'a Payload<'a>,
    /// The event's name in lower case; of an object its action, of a message its type.
    pub(super) event: String,
    /// What it means.
    pub(super) row: &'static Row,
}

/// What one statement is about.
struct Subject {
    account: String,
    identity: Vec<Found>,
    fingerprint: Fingerprint,
}

impl Occurrence<'_> {
    /// All that the event says.
    pub(super) fn events(&self, configuration: &SourceConfiguration) -> Result<Vec<AlertEvent>, Rejection> {
        let mut events: Vec<AlertEvent> = Vec::new();
        for statement in self.row.statements(self.payload, configuration) {
            let subject = self.subject(&statement).map_err(|missing| self.rejection(missing))?;
            let key = self.request_key(&statement, &subject, &events);
            let event_id = self.event_id(&subject, key);
            events.push(self.event(&statement, subject, event_id));
        }
        Ok(events)
    }

    fn subject(&self, statement: &Statement) -> Result<Subject, Missing> {
        let account = match self.payload.account() {
            Some(account) => account,
            None if self.row.account == Account::Optional => String::new(),
            None => return Err(Missing("account_id")),
        };
        let identity = statement.kind.identify(self.payload)?;
        let fields = [IDENTITY_VERSION, &account, statement.kind.name];
        let fingerprint =
            Fingerprint::of(fields.into_iter().chain(identity.iter().map(|(_, value)| value.as_str())));
        Ok(Subject { account, identity, fingerprint })
    }

    /// What distinguishes this request from the next. The fingerprint distinguishes what one request says of
    /// several alerts; of two statements about one alert the later adds what it says.
    fn request_key(&self, statement: &Statement, subject: &Subject, before: &[AlertEvent]) -> Vec<String> {
        let mut key = self.own_key().unwrap_or_else(|| self.stand_in_key());
        if before.iter().any(|event| event.fingerprint == subject.fingerprint) {
            key.push(statement.signal.as_str().to_owned());
        }
        key
    }

    fn own_key(&self) -> Option<Vec<String>> {
        match self.row.key {
            Key::Fields(fields) => fields.iter().map(|field| self.payload.text(field)).collect(),
            Key::Depends(key) => key(self.payload),
        }
    }

    fn stand_in_key(&self) -> Vec<String> {
        match self.payload.text("msg_id") {
            Some(msg_id) => vec![msg_id],
            None => vec![self.payload.digest(), self.payload.minute()],
        }
    }

    fn event_id(&self, subject: &Subject, key: Vec<String>) -> EventId {
        let fields = [IDENTITY_VERSION.to_owned(), subject.fingerprint.to_string(), self.event.clone()];
        EventId::of(fields.into_iter().chain(key))
    }

    fn event(&self, statement: &Statement, subject: Subject, event_id: EventId) -> AlertEvent {
        let times = (self.row.times)(self.payload);
        let resource = subject.resource(statement.kind, self.payload);
        let title = sentence::title(self.payload, &self.event, statement);
        let labels = subject.labels(statement.kind.name);
        AlertEvent {
            source: Source::Kazoo,
            fingerprint: subject.fingerprint,
            event_id,
            signal: statement.signal,
            severity: statement.severity,
            severity_raw: self.payload.text("hangup_cause").unwrap_or_else(|| self.event.clone()),
            summary: wording::summary(self.payload, &self.event, statement, &title),
            title,
            resource,
            service: Some(self.row.service.to_owned()),
            value: self.row.value.and_then(|value| value(self.payload)),
            url: None,
            annotations: annotations::annotations(self.payload, &self.event, &labels),
            labels,
            occurred_at: times.occurred.unwrap_or(self.payload.received_at()),
            started_at: times.started,
            ended_at: times.ended,
            auto_resolve: statement.kind.auto_resolve,
            episode: None,
            expires_at: None,
            order: Order { sent_at: times.announced, ..Order::default() },
            account: subject.account,
        }
    }

    fn rejection(&self, Missing(field): Missing) -> Rejection {
        let event = &self.event;
        Rejection::new(
            format!("missing:{field}"),
            format!(
                "`{event}` comes without `{field}`, which says what it is about: check what the sender wrote"
            ),
        )
    }
}

impl Subject {
    /// The narrowest name there is for what is affected.
    fn resource(&self, kind: &AlertKind, payload: &Payload) -> Option<String> {
        let narrowest = match kind.resource {
            Some(resource) => resource(payload),
            None => {
                self.identity.iter().rev().map(|(_, value)| value).find(|value| !value.is_empty()).cloned()
            }
        };
        narrowest.or_else(|| Some(self.account.clone()).filter(|account| !account.is_empty()))
    }

    fn labels(&self, kind: &str) -> Labels {
        let general = [("kind", kind.to_owned()), ("account_id", self.account.clone())];
        let all = general.into_iter().chain(self.identity.iter().cloned());
        all.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
