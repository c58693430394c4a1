//! What people do with an alert: the change and the note about it in one transaction, guarded by the revision.

use alert::{
    Acknowledgement, Action, Actor, Alert, Clock, Conflict, Fingerprint, Note, acknowledge,
    acknowledge_if_free, resolve, silenced, unacknowledge,
};
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use intake::{Entry, OWN_METHOD, Store, StoreError};
use jiff::Timestamp;
use normalize::InboundRequest;
use serde_json::json;

use super::Table;
use super::definition::{EXPIRES_AT, PK, SK};
use super::item::{
    Item, STATE, VERSION, alert_pk, check_version, is_expired, new_item, number, rejected, sortable, string,
    unreadable,
};
use super::record::{Attempt, expiry, interpret};
use super::retry::pause;
use super::state::{Change, State};

/// What stands before a note's time in its sort key.
const NOTE: &str = "NOTE#";
/// Most notes that are read of one alert.
const MOST_NOTES: usize = 500;

/// Why something was not done with an alert.
#[derive(Debug, thiserror::Error)]
pub enum ActionFailure {
    /// There is none of this fingerprint.
    #[error("there is no alert `{0}`")]
    Unknown(Fingerprint),
    /// It makes no sense with the alert as it is. Words that came with it are kept as a note all the same.
    #[error(transparent)]
    Conflict(Conflict),
    /// The table refused or did not answer.
    #[error("it could not be stored: try again")]
    Store(#[source] StoreError),
}

impl Table {
    /// Gives a firing alert to `by`, with `text` to say about it; who comes later takes it over.
    pub async fn acknowledge(
        &self,
        fingerprint: Fingerprint,
        actor: impl Into<Actor<'_>>,
        text: Option<&str>,
    ) -> Result<Alert, ActionFailure> {
        let note = self.new_note(actor, Action::Acknowledge, text);
        let acknowledgement =
            Acknowledgement { by: note.by.clone(), note: text.map(str::to_owned), at: note.at };
        self.act(fingerprint, note, |alert| acknowledge(alert, acknowledgement.clone())).await
    }

    /// Gives a firing alert that nobody has to `by`, with `text` to say about it; who was first stays.
    pub async fn acknowledge_if_free(
        &self,
        fingerprint: Fingerprint,
        actor: impl Into<Actor<'_>>,
        text: Option<&str>,
    ) -> Result<Alert, ActionFailure> {
        let note = self.new_note(actor, Action::Acknowledge, text);
        let acknowledgement =
            Acknowledgement { by: note.by.clone(), note: text.map(str::to_owned), at: note.at };
        self.act(fingerprint, note, |alert| acknowledge_if_free(alert, acknowledgement.clone())).await
    }

    /// Takes the acknowledgement of an alert back.
    pub async fn unacknowledge(
        &self,
        fingerprint: Fingerprint,
        actor: impl Into<Actor<'_>>,
        text: Option<&str>,
    ) -> Result<Alert, ActionFailure> {
        self.act(fingerprint, self.new_note(actor, Action::Unacknowledge, text), unacknowledge).await
    }

    /// Records that, by the word of `by`, a firing alert is over.
    pub async fn resolve(
        &self,
        fingerprint: Fingerprint,
        actor: impl Into<Actor<'_>>,
        text: Option<&str>,
    ) -> Result<Alert, ActionFailure> {
        let note = self.new_note(actor, Action::Resolve, text);
        let (_, alert) = self.present(fingerprint).await?;
        let event = match resolve(&alert, &note.by, note.at) {
            Ok(event) => event.bounded(),
            Err(conflict) => return Err(self.refuse(fingerprint, note, conflict).await),
        };
        self.put_note(fingerprint, &note).await.map_err(ActionFailure::Store)?;
        let document =
            json!({ "action": "resolve", "by": note.by, "principal": note.principal, "note": text });
        let inbound = own_request(&document, note.at);
        let entry = Entry { event: &event, inbound: &inbound };
        self.record(entry).await.map_err(ActionFailure::Store)?;
        self.shown(self.present(fingerprint).await?.1).await.map_err(ActionFailure::Store)
    }

    /// Keeps what `by` has to say about an alert.
    pub async fn add_note(
        &self,
        fingerprint: Fingerprint,
        actor: impl Into<Actor<'_>>,
        text: &str,
    ) -> Result<Note, ActionFailure> {
        self.present(fingerprint).await?;
        let note = self.new_note(actor, Action::Note, Some(text));
        self.put_note(fingerprint, &note).await.map_err(ActionFailure::Store)?;
        Ok(note)
    }

    /// What was written about an alert and done with it, newest first; the newest 500.
    pub async fn notes(&self, fingerprint: Fingerprint) -> Result<Vec<Note>, StoreError> {
        let query = self
            .partition(alert_pk(fingerprint))
            .scan_index_forward(false)
            .key_condition_expression(format!("{PK} = :pk AND begins_with({SK}, :note)"))
            .expression_attribute_values(":note", string(NOTE));
        let items = self.read_up_to(MOST_NOTES, query, "read the notes").await?;
        Ok(items.iter().filter_map(|item| self.readable(item, to_note)).collect())
    }

    /// Writes what `change` makes of the alert, and the note, both or none; again as often as somebody was faster.
    async fn act(
        &self,
        fingerprint: Fingerprint,
        note: Note,
        change: impl Fn(Alert) -> Result<Alert, Conflict>,
    ) -> Result<Alert, ActionFailure> {
        let (mut state, mut known) = self.present(fingerprint).await?;
        let mut attempt = 0;
        loop {
            let changed = match change(known) {
                Ok(changed) => changed,
                Err(conflict) => return Err(self.refuse(fingerprint, note, conflict).await),
            };
            match self.try_change(&state, &changed, &note).await.map_err(ActionFailure::Store)? {
                Attempt::Done | Attempt::Known => {
                    return self.shown(changed).await.map_err(ActionFailure::Store);
                }
                Attempt::Overtaken(_) | Attempt::Conflict(_) | Attempt::Again(_) => pause(attempt).await,
            }
            attempt += 1;
            (state, known) = self.present(fingerprint).await?;
        }
    }

    /// One attempt to write `alert` in the place of `state`, with `note`.
    pub(crate) async fn try_change(
        &self,
        state: &State,
        alert: &Alert,
        note: &Note,
    ) -> Result<Attempt, StoreError> {
        let change = if note.action == Action::Expire { Change::Expiry } else { Change::Action };
        let transaction = self
            .client
            .transact_write_items()
            .transact_items(self.new_note_item(alert.fingerprint, note)?)
            .transact_items(self.state_write(state, alert, change)?.in_transaction(self, alert)?);
        match transaction.send().await {
            Ok(_) => Ok(Attempt::Done),
            Err(error) => interpret(error, 1),
        }
    }

    /// The refusal, once the words that came with the attempt are safe.
    async fn refuse(&self, fingerprint: Fingerprint, note: Note, conflict: Conflict) -> ActionFailure {
        if note.text.is_empty() {
            return ActionFailure::Conflict(conflict);
        }
        let note = Note { action: Action::Note, ..note };
        let kept = self.put_note(fingerprint, &note).await;
        kept.map_or_else(ActionFailure::Store, |()| ActionFailure::Conflict(conflict))
    }

    /// The alert as it is stored, or expired if that is overdue; nothing can be done with it then.
    async fn present(&self, fingerprint: Fingerprint) -> Result<(State, Alert), ActionFailure> {
        let item = self.item(alert_pk(fingerprint), STATE).await.map_err(ActionFailure::Store)?;
        let now = self.clock.now();
        let item = item.filter(|item| !is_expired(item, now)).ok_or(ActionFailure::Unknown(fingerprint))?;
        let state = State::read(Some(&item), now).map_err(ActionFailure::Store)?;
        let damaged = || ActionFailure::Store(unreadable("alert")("it is damaged"));
        let alert = state.alert.clone().ok_or_else(damaged)?;
        Ok((state, self.expiry.applied(alert, now)))
    }

    /// The alert as people see it at present.
    async fn shown(&self, alert: Alert) -> Result<Alert, StoreError> {
        Ok(silenced(alert, &self.silences().await?, self.clock.now()))
    }

    pub(crate) fn new_note<'a>(
        &self,
        actor: impl Into<Actor<'a>>,
        action: Action,
        text: Option<&str>,
    ) -> Note {
        let Actor { by, principal } = actor.into();
        Note {
            id: format!("{:016x}", fastrand::u64(..)),
            by: by.to_owned(),
            principal: principal.map(str::to_owned),
            action,
            text: text.unwrap_or_default().to_owned(),
            at: self.clock.now(),
        }
    }

    async fn put_note(&self, fingerprint: Fingerprint, note: &Note) -> Result<(), StoreError> {
        let item = self.note_item(fingerprint, note)?;
        self.put(&item, "keep a note", "note").await
    }

    fn new_note_item(&self, fingerprint: Fingerprint, note: &Note) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(self.note_item(fingerprint, note)?))
            .condition_expression(format!("attribute_not_exists({PK})"))
            .build()
            .map_err(rejected("note"))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn note_item(&self, fingerprint: Fingerprint, note: &Note) -> Result<Item, StoreError> {
        let mut item: Item = serde_dynamo::to_item(note).map_err(rejected("note"))?;
        item.extend(new_item(alert_pk(fingerprint), format!("{NOTE}{}#{}", sortable(note.at), note.id)));
        item.insert(EXPIRES_AT.to_owned(), number(expiry(note.at, self.history)));
        Ok(item)
    }
}

/// The request of an event that nobody sent but Campanile itself.
pub(crate) fn own_request(body: &serde_json::Value, received_at: Timestamp) -> InboundRequest {
    InboundRequest::json(OWN_METHOD, body.to_string(), received_at)
}

fn to_note(item: &Item) -> Result<Note, StoreError> {
    check_version(item, "note")?;
    let mut item = item.clone();
    item.retain(|name, _| ![PK, SK, EXPIRES_AT, VERSION].contains(&name.as_str()));
    serde_dynamo::from_item(item).map_err(unreadable("note"))
}
