//! How each destination fares: whether it wants to be left alone, and what it has taught us.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use intake::StoreError;
use jiff::Timestamp;
use notify::Probe;
use serde::{Deserialize, Serialize};

use crate::store::Table;
use crate::store::definition::SK;
use crate::store::item::{Item, key, sortable, string, text, unreadable};
use crate::store::record::failed;
use crate::store::retry::{may_pass, pause};

/// The partition of all destinations.
const DESTINATIONS: &str = "DESTINATION";
/// Stands for every destination of type Discord; no id has a `*`.
const EVERY_DISCORD: &str = "*discord";
/// The word in error messages.
const WHAT: &str = "state of a destination";

/// How one destination fares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DestinationState {
    /// Until when it wants nothing.
    pub held_until: Option<Timestamp>,
    /// Why it is told nothing at all.
    pub suspension: Option<Suspension>,
    /// The Discord thread that messages go to.
    pub thread: Option<String>,
    /// Until when somebody is about to make that thread.
    pub opening_until: Option<Timestamp>,
    /// The settings for which the ownership check has passed, as their digest.
    pub passed: Option<String>,
}

/// A destination that no message reaches until somebody changes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Since when.
    pub since: Timestamp,
    /// Why, without anything secret.
    pub reason: String,
    /// Whether it is tried again by itself.
    pub probe: Probe,
    /// When, if it is.
    pub next_probe_at: Timestamp,
    /// The settings it was suspended with, as their digest.
    pub settings_digest: String,
}

/// All destinations that are known to fare somehow.
pub type DestinationStates = HashMap<String, DestinationState>;

impl Table {
    /// How all destinations fare.
    pub async fn destination_states(&self) -> Result<DestinationStates, StoreError> {
        let items = self.read_all(self.partition(DESTINATIONS), "read how destinations fare").await?;
        let named = |item: &Item| Ok((text(item, SK).unwrap_or_default().to_owned(), to_state(item)?));
        items.iter().map(named).collect()
    }

    /// Until when every Discord wants nothing, by what [`Self::destination_states`] has yielded.
    pub fn every_discord_held_until(states: &DestinationStates) -> Option<Timestamp> {
        states.get(EVERY_DISCORD).and_then(|state| state.held_until)
    }

    /// Leaves `destination` alone until `until`.
    pub async fn hold(&self, destination: &str, until: Timestamp) -> Result<(), StoreError> {
        let only =
            Condition { expression: "attribute_not_exists(held_until) OR held_until < :value", now: None };
        self.set(destination, "held_until", Some(string(sortable(until))), only).await.map(drop)
    }

    /// Leaves every destination of type Discord alone until `until`.
    pub async fn hold_every_discord(&self, until: Timestamp) -> Result<(), StoreError> {
        self.hold(EVERY_DISCORD, until).await
    }

    /// Tells `destination` nothing until somebody changes something.
    pub async fn suspend(&self, destination: &str, suspension: &Suspension) -> Result<(), StoreError> {
        let value = serde_dynamo::to_attribute_value(suspension).map_err(unreadable(WHAT))?;
        self.set(destination, "suspension", Some(value), Condition::NONE).await.map(drop)
    }

    /// Ends a suspension of `destination`.
    pub async fn resume(&self, destination: &str) -> Result<(), StoreError> {
        self.set(destination, "suspension", None, Condition::NONE).await.map(drop)
    }

    /// Remembers the thread of `destination`, or that it is gone.
    pub async fn learn_thread(&self, destination: &str, thread: Option<&str>) -> Result<(), StoreError> {
        self.set(destination, "discord_thread", thread.map(string), Condition::NONE).await.map(drop)
    }

    /// Takes the right to make the thread of `destination` until `until`; `false` if somebody else has it at `now`.
    pub async fn open_thread(
        &self,
        destination: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let only = Condition {
            expression: "attribute_not_exists(opening_until) OR opening_until < :now",
            now: Some(string(sortable(now))),
        };
        self.set(destination, "opening_until", Some(string(sortable(until))), only).await
    }

    /// Remembers that the ownership check of `destination` has passed for the settings of `digest`.
    pub async fn pass(&self, destination: &str, digest: &str) -> Result<(), StoreError> {
        self.set(destination, "challenge_passed", Some(string(digest)), Condition::NONE).await.map(drop)
    }

    /// Sets one attribute, or removes it; `false` if `condition` does not hold.
    async fn set(
        &self,
        destination: &str,
        name: &str,
        value: Option<AttributeValue>,
        condition: Condition,
    ) -> Result<bool, StoreError> {
        let key = key(DESTINATIONS, destination);
        let update = self.client.update_item().table_name(&self.name).set_key(Some(key));
        let update = match value {
            Some(value) => update
                .update_expression(format!("SET {name} = :value"))
                .expression_attribute_values(":value", value),
            None => update.update_expression(format!("REMOVE {name}")),
        };
        let update = match condition.now {
            Some(now) => update.expression_attribute_values(":now", now),
            None => update,
        };
        let expression = Some(condition.expression).filter(|expression| !expression.is_empty());
        let update = update.set_condition_expression(expression.map(str::to_owned));
        let mut attempt = 0;
        loop {
            match update.clone().send().await {
                Ok(_) => return Ok(true),
                Err(error) if is_refused(&error) => return Ok(false),
                Err(error) if may_pass(&error) => pause(attempt).await,
                Err(error) => return Err(failed("write how a destination fares")(error)),
            }
            attempt += 1;
        }
    }
}

/// When an attribute may be set.
struct Condition {
    /// Empty for always.
    expression: &'static str,
    /// The value of `:now`.
    now: Option<AttributeValue>,
}

impl Condition {
    const NONE: Self = Self { expression: "", now: None };
}

/// Whether the condition of an update did not hold.
pub(super) fn is_refused(error: &SdkError<UpdateItemError>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

fn to_state(item: &Item) -> Result<DestinationState, StoreError> {
    let time = |name: &str| text(item, name).and_then(|time| time.parse().ok());
    let suspension = item.get("suspension").cloned().map(serde_dynamo::from_attribute_value);
    Ok(DestinationState {
        held_until: time("held_until"),
        suspension: suspension.transpose().map_err(unreadable(WHAT))?,
        thread: text(item, "discord_thread").map(str::to_owned),
        opening_until: time("opening_until"),
        passed: text(item, "challenge_passed").map(str::to_owned),
    })
}
