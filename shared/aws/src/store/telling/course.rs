//! What one destination was told of one alert, and what it is still to be told.

use std::collections::HashMap;

use alert::{Alert, Condition, Fingerprint};
use intake::StoreError;
use jiff::Timestamp;
use notify::Standing;
use serde::{Deserialize, Serialize};

use crate::store::Table;
use crate::store::definition::{BY_CONDITION, EXPIRES_AT, PK, SK};
use crate::store::item::{Item, alert_pk, key, number, shard, sortable, string, text, unreadable};
use crate::store::record::failed;

/// What stands before the destination in the sort key.
pub(crate) const STANDING: &str = "STANDING#";
/// The word in error messages.
pub(crate) const WHAT: &str = "standing";

/// One destination's part in one alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The alert.
    pub fingerprint: Fingerprint,
    /// The destination.
    pub destination: String,
    /// What is remembered of it.
    pub record: CourseRecord,
}

/// What is remembered of one destination's part in one alert.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CourseRecord {
    /// What routing remembers.
    pub standing: Standing,
    /// The newest revision of the alert that was routed.
    pub routed_revision: u64,
    /// The latest moment known of the alert then, by its source's clock or ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routed_until: Option<Timestamp>,
    /// Revisions whose deliveries wait, the oldest first.
    #[serde(default)]
    pub waiting: Vec<u64>,
    /// When damping is to be asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damped_until: Option<Timestamp>,
    /// When Opsgenie was last asked to create the alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Whether the alert was over when it was last routed, so that all this may be forgotten one day.
    #[serde(default)]
    pub is_over: bool,
    /// Grows with every change; 0 if there is no item yet.
    pub version: u64,
}

impl Course {
    /// The course of a destination that was told nothing yet.
    pub fn new(fingerprint: Fingerprint, destination: &str) -> Self {
        Self { fingerprint, destination: destination.to_owned(), record: CourseRecord::default() }
    }

    /// Whether `alert`, as it is, was routed before.
    pub fn has_routed(&self, alert: &Alert) -> bool {
        self.record.routed_revision >= alert.revision && !self.is_of_former_life(alert)
    }

    /// Notes that `alert`, as it is, was routed.
    pub fn note_routed(&mut self, alert: &Alert) {
        self.record.routed_revision = self.record.routed_revision.max(alert.revision);
        let known_until = alert.last_seen.max(alert.last_received_at);
        self.record.routed_until = self.record.routed_until.max(Some(known_until));
        self.record.is_over = alert.condition != Condition::Firing;
    }

    /// The part in `alert` as it is now: one that was forgotten and has come back counts its revisions anew, and nobody was
    /// told anything of it.
    #[must_use]
    pub fn in_present_life(self, alert: &Alert) -> Self {
        if !self.is_of_former_life(alert) {
            return self;
        }
        let CourseRecord { waiting, version, .. } = self.record;
        Self { record: CourseRecord { waiting, version, ..CourseRecord::default() }, ..self }
    }

    /// However old or new the state of an alert, it was first seen before the latest moment known of it, unless it was
    /// forgotten in between.
    fn is_of_former_life(&self, alert: &Alert) -> bool {
        let is_earlier = |routed: Timestamp| routed < alert.first_seen;
        self.record.routed_revision >= alert.revision && self.record.routed_until.is_some_and(is_earlier)
    }

    pub(crate) fn sort_key(&self) -> String {
        format!("{STANDING}{}", self.destination)
    }

    /// The whole item; one that may be forgotten is gone at `expires_at`, in Unix seconds.
    pub(crate) fn to_item(&self, expires_at: i64) -> Result<Item, StoreError> {
        let record = serde_dynamo::to_attribute_value(&self.record).map_err(unreadable(WHAT))?;
        let mut item = key(alert_pk(self.fingerprint), self.sort_key());
        item.insert("course".to_owned(), record);
        item.insert("course_version".to_owned(), number(self.record.version));
        if self.record.is_over && self.record.waiting.is_empty() {
            item.insert(EXPIRES_AT.to_owned(), number(expires_at));
        }
        if let Some(until) = self.record.damped_until {
            let sort_key = format!("{}#{}#{}", sortable(until), self.fingerprint, self.destination);
            item.insert(BY_CONDITION.partition_key.to_owned(), string(damped_shard(shard(self.fingerprint))));
            item.insert(BY_CONDITION.sort_key.to_owned(), string(sort_key));
        }
        Ok(item)
    }

    pub(crate) fn of(fingerprint: Fingerprint, destination: &str, item: &Item) -> Result<Self, StoreError> {
        let record = item.get("course").cloned().ok_or("it has no record").map_err(unreadable(WHAT))?;
        let record = serde_dynamo::from_attribute_value(record).map_err(unreadable(WHAT))?;
        Ok(Self { fingerprint, destination: destination.to_owned(), record })
    }
}

/// The partition of `by_condition` that holds what damping withholds.
pub(crate) fn damped_shard(shard: u8) -> String {
    format!("damped#{shard}")
}

impl Table {
    /// The parts of all destinations in the alert `fingerprint`, as of now, by destination; one that cannot be read is not
    /// among them.
    pub async fn courses(&self, fingerprint: Fingerprint) -> Result<HashMap<String, Course>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression(format!("{PK} = :pk AND begins_with({SK}, :standing)"))
            .expression_attribute_values(":pk", string(alert_pk(fingerprint)))
            .expression_attribute_values(":standing", string(STANDING));
        // Those that are due to expire are read as well: while they are there, their version guards the next write.
        let mut courses = HashMap::new();
        let mut pages = query.into_paginator().send();
        while let Some(page) = pages.next().await {
            let items = page.map_err(failed("read what destinations were told"))?.items.unwrap_or_default();
            let named = items.iter().filter_map(|item| Some((text(item, SK)?.strip_prefix(STANDING)?, item)));
            let readable = named.filter_map(|(name, item)| Course::of(fingerprint, name, item).ok());
            courses.extend(readable.map(|course| (course.destination.clone(), course)));
        }
        Ok(courses)
    }

    /// The part of `destination` in the alert `fingerprint`, as of now.
    pub async fn course(&self, fingerprint: Fingerprint, destination: &str) -> Result<Course, StoreError> {
        let empty = Course::new(fingerprint, destination);
        match self.item(alert_pk(fingerprint), &empty.sort_key()).await? {
            Some(item) => Course::of(fingerprint, destination, &item),
            None => Ok(empty),
        }
    }
}
