//! An alert's state as the table has it, and the writes that change it.
//!
//! `revision` grows with every write that anybody may have to see, and guards it. A repeat takes no revision, so that
//! it overtakes nobody: it is counted in `repeats`, which readers add to the revision and the occurrences, and
//! `repeated_at` guards the texts of a newer one.

use std::collections::HashMap;

use alert::{Alert, Clock, Condition};
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use dispatch::ChangeReason;
use intake::StoreError;
use jiff::{SignedDuration, Timestamp};

use super::Table;
use super::definition::{EXPIRES_AT, PK};
use super::item::{
    FORMAT, Item, STATE, VERSION, alert_pk, check_version, integer, key, number, rejected, sortable,
    state_attributes, string, text, to_alert,
};
use super::record::expiry;
use super::repeat::Repeat;

/// Says of a state that what was written last is nothing to notify: a repeat, a count. The filter of the table's stream
/// keeps such a write from the notifier, so every write sets or removes it.
pub(crate) const UNTOLD: &str = "untold";
/// Until when, in Unix seconds, there may be history entries of the first format.
const FIRST_FORMAT_UNTIL: &str = "first_format_until";
/// The size from which on an item is too dear to be written for a count alone, in bytes.
const LARGE_BYTES: usize = 4 * 1024;
/// How shortly before an alert was heard of that is reported more than twice a second.
const HOT: SignedDuration = SignedDuration::from_millis(500);

/// A state as it was read or written last.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// The alert; `None` where there is none, or where what is there cannot be read.
    pub(crate) alert: Option<Alert>,
    /// Whether there may be history entries of the first format.
    pub(crate) has_first_format: bool,
    /// When its source was last heard to repeat itself, as text that sorts.
    pub(crate) heard_at: Option<String>,
    item: Stored,
    size_bytes: usize,
    revision: Option<u64>,
    repeats: u64,
    repeated_at: Option<String>,
}

/// What there is of a state in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    /// Nothing.
    Nothing,
    /// An item of the first format.
    FirstFormat,
    /// An item of the present format.
    Present,
    /// An item that is kept beside the one that takes its place, because it cannot be read.
    Damaged,
}

/// Why a state is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    /// An event of this time, and more than a repeat.
    Event(Timestamp),
    /// A repeat of this time.
    Repeat(Repeat, Timestamp),
    /// Somebody did something with the alert.
    Action,
    /// Nothing was heard of it for too long.
    Expiry,
}

/// One conditional update of a state.
#[derive(Debug)]
pub(crate) struct StateWrite {
    pub(crate) update: String,
    pub(crate) condition: String,
    pub(crate) values: HashMap<String, AttributeValue>,
}

impl State {
    /// The state of an alert of which nothing is known.
    pub(crate) const fn none() -> Self {
        Self {
            alert: None,
            has_first_format: false,
            heard_at: None,
            item: Stored::Nothing,
            size_bytes: 0,
            revision: None,
            repeats: 0,
            repeated_at: None,
        }
    }

    /// Reads a state item. One that is damaged counts as one of which nothing is known; one of a newer version is an
    /// error, because what it says must not be written over.
    pub(crate) fn read(item: Option<&Item>, now: Timestamp) -> Result<Self, StoreError> {
        let Some(item) = item else { return Ok(Self::none()) };
        check_version(item, "alert")?;
        let alert = to_alert(item).inspect_err(|error| {
            let pk = text(item, PK).unwrap_or_default();
            tracing::error!(pk, error = intake::chain(error), "damaged alert begun anew");
        });
        let is_of_first_format = integer::<u32>(item, VERSION).is_none();
        let first_format_until = integer::<i64>(item, FIRST_FORMAT_UNTIL);
        let packed = item.get("alert").and_then(|value| value.as_b().ok());
        let stored = match alert {
            Err(_) if item.contains_key("alert") => Stored::Damaged,
            _ if is_of_first_format => Stored::FirstFormat,
            _ => Stored::Present,
        };
        Ok(Self {
            alert: alert.ok(),
            has_first_format: is_of_first_format
                || first_format_until.is_some_and(|until| until > now.as_second()),
            heard_at: text(item, "heard_at").map(str::to_owned),
            item: stored,
            size_bytes: packed.map_or(0, |blob| blob.as_ref().len()),
            revision: integer(item, "revision"),
            repeats: integer(item, "repeats").unwrap_or_default(),
            repeated_at: text(item, "repeated_at").map(str::to_owned),
        })
    }

    /// Whether nothing is there that a count could be added to.
    pub(crate) fn is_absent(&self) -> bool {
        self.item == Stored::Nothing
    }

    /// Whether a count is too dear to be written, because the item is large and was heard of within the last minute.
    pub(crate) fn spares_count(&self, now: Timestamp) -> bool {
        let heard_at = self.heard_at.as_ref().and_then(|heard_at| heard_at.parse::<Timestamp>().ok());
        let is_recent = |at: Timestamp| now.duration_since(at).as_secs() < 60;
        self.size_bytes > LARGE_BYTES && heard_at.is_some_and(is_recent)
    }

    /// Whether its source was heard so shortly before that others are likely to write it now.
    pub(crate) fn is_hot(&self, now: Timestamp) -> bool {
        self.alert.as_ref().is_some_and(|alert| now.duration_since(alert.last_received_at) < HOT)
    }

    /// What a write for `change` has made of it.
    pub(crate) fn written(&self, alert: Alert, change: Change) -> Self {
        let repeats = self.repeats + u64::from(matches!(change, Change::Repeat(..)));
        let mut next = Self { repeats, ..self.clone() };
        match (change, &self.alert) {
            (Change::Repeat(Repeat { is_newest: false, .. }, _), Some(before)) => {
                let (revision, occurrences) = (alert.revision, alert.occurrences);
                next.alert = Some(Alert { revision, occurrences, ..before.clone() });
                return next;
            }
            (Change::Repeat(_, at), _) => next.repeated_at = Some(sortable(at)),
            (Change::Event(_) | Change::Action | Change::Expiry, _) => {
                next.revision = Some(alert.revision.saturating_sub(repeats));
                next.item = Stored::Present;
            }
        }
        next.alert = Some(alert);
        next
    }

    /// The revision of an alert that begins anew in this place.
    pub(crate) fn next_revision(&self) -> u64 {
        self.revision.unwrap_or_default().saturating_add(self.repeats).saturating_add(1)
    }

    /// The conditions under which it may be written for `change`.
    fn condition(&self, change: Change, values: &mut HashMap<String, AttributeValue>) -> String {
        if self.item == Stored::Nothing {
            return format!("attribute_not_exists({PK})");
        }
        let mut conditions = vec![match self.revision {
            Some(revision) => {
                values.insert(":known".to_owned(), number(revision));
                "revision = :known"
            }
            None => "attribute_not_exists(revision)",
        }];
        let seen = self.repeated_at.clone().unwrap_or_else(|| "0".to_owned());
        let until = match change {
            Change::Repeat(Repeat { is_newest: false, .. }, _) => None,
            Change::Event(at) | Change::Repeat(_, at) => Some(seen.max(sortable(at))),
            Change::Action | Change::Expiry => Some(seen),
        };
        if let Some(until) = until {
            values.insert(":until".to_owned(), string(until));
            conditions.push("(attribute_not_exists(repeated_at) OR repeated_at <= :until)");
        }
        if matches!(change, Change::Expiry) {
            let heard_at = self.heard_at.clone().unwrap_or_else(|| "0".to_owned());
            values.insert(":heard".to_owned(), string(heard_at));
            values.insert(":repeats".to_owned(), number(self.repeats));
            conditions.push("(attribute_not_exists(heard_at) OR heard_at = :heard)");
            conditions.push("(attribute_not_exists(repeats) OR repeats = :repeats)");
        }
        conditions.join(" AND ")
    }
}

impl StateWrite {
    /// As one of the writes of a transaction. A refusal brings the state that stood in its way.
    pub(crate) fn in_transaction(
        self,
        table: &Table,
        alert: &Alert,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&table.name)
            .set_key(Some(key(alert_pk(alert.fingerprint), STATE)))
            .update_expression(self.update)
            .condition_expression(self.condition)
            .set_expression_attribute_values(Some(self.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        Ok(TransactWriteItem::builder().update(update.build().map_err(rejected("alert"))?).build())
    }
}

impl Table {
    /// The write that makes `alert` of `state` for `change`.
    pub(crate) fn state_write(
        &self,
        state: &State,
        alert: &Alert,
        change: Change,
    ) -> Result<StateWrite, StoreError> {
        let mut values = HashMap::new();
        let condition = state.condition(change, &mut values);
        let update = match change {
            Change::Repeat(Repeat { is_newest: false, .. }, _) => {
                values.insert(":one".to_owned(), number(1));
                values.insert(":untold".to_owned(), AttributeValue::Bool(true));
                format!("SET {UNTOLD} = :untold ADD repeats :one")
            }
            Change::Repeat(_, at) => {
                let packed = state_attributes(alert, state.repeats + 1)?.swap_remove(0);
                values.insert(":alert".to_owned(), packed.1);
                values.insert(":at".to_owned(), string(sortable(at)));
                values.insert(":one".to_owned(), number(1));
                values.insert(":untold".to_owned(), AttributeValue::Bool(true));
                format!("SET alert = :alert, repeated_at = :at, {UNTOLD} = :untold ADD repeats :one")
            }
            Change::Event(_) | Change::Action | Change::Expiry => {
                self.whole_state(state, alert, &mut values)?
            }
        };
        Ok(StateWrite { update, condition, values })
    }

    /// The expression that writes the whole state. `duplicates` is counted apart and left alone.
    fn whole_state(
        &self,
        state: &State,
        alert: &Alert,
        values: &mut HashMap<String, AttributeValue>,
    ) -> Result<String, StoreError> {
        let now = self.clock.now();
        let mut attributes = state_attributes(alert, state.repeats)?;
        attributes.push((VERSION, number(FORMAT)));
        let mut removed = vec!["renewed_until"];
        if ChangeReason::between(state.alert.as_ref(), alert).is_some() {
            removed.push(UNTOLD);
        } else {
            attributes.push((UNTOLD, AttributeValue::Bool(true)));
        }
        if alert.condition == Condition::Firing {
            removed.push(EXPIRES_AT);
        } else {
            attributes.push((EXPIRES_AT, number(expiry(now.max(alert.last_received_at), self.history))));
        }
        if state.item == Stored::FirstFormat {
            attributes.push((FIRST_FORMAT_UNTIL, number(expiry(now, self.history))));
        }
        let mut assigned: Vec<_> = attributes.iter().map(|(name, _)| format!("{name} = :{name}")).collect();
        assigned.push("duplicates = if_not_exists(duplicates, :none)".to_owned());
        if state.item == Stored::Damaged {
            assigned.push("damaged = if_not_exists(damaged, alert)".to_owned());
        }
        values.insert(":none".to_owned(), number(0));
        values.extend(attributes.into_iter().map(|(name, value)| (format!(":{name}"), value)));
        Ok(format!("SET {} REMOVE {}", assigned.join(", "), removed.join(", ")))
    }
}
