//! How many alerts fire, kept in one item, so that asking costs the same whatever is open.
//!
//! Keys alone would do for sources and severities, but 20,000 of them are 400 read units, and whom a silence covers no key
//! says. Counting in the transaction that opens an alert would cost two write units more and have all writers meet at one
//! item. So the notifier counts, which hears of every change anyway: one write for a batch of changes. A batch may come
//! twice and a count be lost; a sweep, which reads what fires in any case, finds and corrects that. Readers take the item
//! while sweeps keep it, and count for themselves where there is none.

use std::collections::BTreeMap;
use std::str::FromStr;

use alert::{
    Alert, Clock, Condition, EventId, Handling, Severity, Silence, SilenceState, Source, served_labels,
};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::try_join;
use intake::{StoreError, chain};
use jiff::{SignedDuration, Timestamp};

use super::Table;
use super::definition::PK;
use super::item::{Item, check_version, integer, key, new_item, number, sortable, string, text};
use super::record::is_known;

/// The partition of the one item.
const COUNTS: &str = "COUNTS";
/// Its sort key.
const FIRING: &str = "FIRING";
/// When a sweep last compared it with what fires.
const SWEPT_AT: &str = "swept_at";
/// Which silences were active when it was.
const SILENCES: &str = "silences";
/// What it was wrong by then. What the next sweep finds, too, is no change under way and is corrected.
const SUSPECTED: &str = "suspected";
/// How long it is good without a sweep; there is one every five minutes.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(16);

/// How many alerts fire, by source, severity and handling.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FiringCounts(BTreeMap<CountKey, i64>);

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CountKey {
    source: Source,
    severity: Severity,
    handling: Handling,
}

/// The silences that are active at one moment.
pub(crate) struct ActiveSilences<'a> {
    active: Vec<&'a Silence>,
    name: String,
}

/// The item as it was read.
#[derive(Debug)]
pub(crate) struct Kept {
    counts: FiringCounts,
    swept_at: Option<String>,
    silences: String,
    suspected: FiringCounts,
}

impl FiringCounts {
    /// How many alerts fire of whose source, severity and handling `is_counted`.
    pub fn count(&self, is_counted: impl Fn(Source, Severity, Handling) -> bool) -> u64 {
        let counted = self.0.iter().filter(|(kind, _)| is_counted(kind.source, kind.severity, kind.handling));
        // A count that was lost may leave less than nothing until the next sweep.
        u64::try_from(counted.map(|(_, count)| *count).sum::<i64>()).unwrap_or_default()
    }

    /// Adds `number` of `kind`, if that is one.
    pub(crate) fn add(&mut self, kind: Option<CountKey>, number: i64) {
        let Some(kind) = kind else { return };
        let count = self.0.entry(kind).or_default();
        *count += number;
        if *count == 0 {
            self.0.remove(&kind);
        }
    }

    fn minus(&self, other: &Self) -> Self {
        let mut difference = self.clone();
        for (kind, count) in &other.0 {
            difference.add(Some(*kind), -count);
        }
        difference
    }

    /// What both have in common: of each kind the smaller one where both point the same way.
    fn in_common(&self, other: &Self) -> Self {
        let mut common = Self::default();
        for (kind, one) in &self.0 {
            let other = other.0.get(kind).copied().unwrap_or_default();
            let least = if one.signum() == other.signum() { one.abs().min(other.abs()) } else { 0 };
            common.add(Some(*kind), least * one.signum());
        }
        common
    }

    fn to_json(&self) -> String {
        let counts: serde_json::Map<_, _> =
            self.0.iter().map(|(kind, count)| (kind.name(), (*count).into())).collect();
        serde_json::Value::Object(counts).to_string()
    }

    fn from_json(text: &str) -> Self {
        let counts: BTreeMap<String, i64> = serde_json::from_str(text).unwrap_or_default();
        let mut read = Self::default();
        for (name, count) in counts {
            read.add(CountKey::named(&name), count);
        }
        read
    }
}

impl CountKey {
    /// What `alert` is counted as; `None` if it does not fire.
    pub(crate) fn of(alert: &Alert, silences: &ActiveSilences<'_>) -> Option<Self> {
        if alert.condition != Condition::Firing {
            return None;
        }
        let handling = if silences.cover(alert) { Handling::Silenced } else { alert.handling };
        Some(Self { source: alert.source, severity: alert.severity, handling })
    }

    /// The attribute that counts it.
    fn name(self) -> String {
        format!("{} {} {}", self.source, self.severity, self.handling)
    }

    fn named(name: &str) -> Option<Self> {
        fn word<'a, T: FromStr>(words: &mut impl Iterator<Item = &'a str>) -> Option<T> {
            words.next()?.parse().ok()
        }
        let mut words = name.split(' ');
        let (source, severity) = (word(&mut words)?, word(&mut words)?);
        Some(Self { source, severity, handling: word(&mut words)? })
    }
}

impl<'a> ActiveSilences<'a> {
    /// Those of `silences` that are active at `now`.
    pub(crate) fn at(silences: &'a [Silence], now: Timestamp) -> Self {
        let mut active: Vec<_> =
            silences.iter().filter(|silence| silence.state(now) == SilenceState::Active).collect();
        active.sort_by_key(|silence| silence.id);
        let name = name_of(&active);
        Self { active, name }
    }

    fn cover(&self, alert: &Alert) -> bool {
        if self.active.is_empty() {
            return false;
        }
        let served = served_labels(alert);
        self.active.iter().any(|silence| silence.matches(&served))
    }
}

impl Kept {
    fn read(item: &Item) -> Result<Self, StoreError> {
        check_version(item, "count of what fires")?;
        let mut counts = FiringCounts::default();
        for name in item.keys() {
            counts.add(CountKey::named(name), integer(item, name).unwrap_or_default());
        }
        Ok(Self {
            counts,
            swept_at: text(item, SWEPT_AT).map(str::to_owned),
            silences: text(item, SILENCES).unwrap_or_default().to_owned(),
            suspected: text(item, SUSPECTED).map(FiringCounts::from_json).unwrap_or_default(),
        })
    }

    /// Whether sweeps keep it.
    fn is_kept(&self, now: Timestamp) -> bool {
        let swept_at = self.swept_at.as_ref().and_then(|at| at.parse::<Timestamp>().ok());
        swept_at.is_some_and(|at| now.duration_since(at) < GOOD_FOR)
    }
}

impl Table {
    /// How many alerts fire. One whose time is over counts until a sweep has been.
    pub async fn firing_counts(&self) -> Result<FiringCounts, StoreError> {
        let (kept, silences) = try_join(self.kept_counts(), self.silences()).await?;
        let now = self.clock.now();
        let active = ActiveSilences::at(&silences, now);
        let kept = kept.filter(|kept| kept.is_kept(now));
        if let Some(kept) = kept.as_ref().filter(|kept| kept.silences == active.name) {
            return Ok(kept.counts.clone());
        }
        let stored = self.stored_firing().await?;
        if let Some(kept) = kept {
            // Other silences are active by now: this reader counts for all that come after it.
            let difference = counts_of(&stored, &active).minus(&kept.counts);
            self.correct_silenced(&kept, &difference, &active.name).await;
        }
        let shown: Vec<_> = stored.into_iter().map(|alert| self.expiry.applied(alert, now)).collect();
        Ok(counts_of(&shown, &active))
    }

    /// Counts changes of alerts, each before and after; nothing where no sweep has begun to keep counts. What is lost here
    /// the next sweeps make good.
    pub(crate) async fn count_changes(&self, changes: &[(Option<Alert>, &Alert)]) {
        let silences = match self.silences().await {
            Ok(silences) => silences,
            Err(error) => return tracing::warn!(error = chain(&error), "changes not counted"),
        };
        let active = ActiveSilences::at(&silences, self.clock.now());
        let mut counts = FiringCounts::default();
        for (before, after) in changes {
            counts.add(before.as_ref().and_then(|before| CountKey::of(before, &active)), -1);
            counts.add(CountKey::of(after, &active), 1);
        }
        if !counts.0.is_empty() {
            self.add_counts(&counts, Vec::new(), format!("attribute_exists({PK})"), Vec::new()).await;
        }
    }

    /// The counts, to be compared with what a sweep finds; `None` where there are none, or where they cannot be read.
    pub(super) async fn kept_counts(&self) -> Result<Option<Kept>, StoreError> {
        let item = self.item(COUNTS.to_owned(), FIRING).await?;
        Ok(item.as_ref().and_then(|item| self.readable(item, Kept::read)))
    }

    /// Takes over what a sweep found: as it is where nothing was kept, else what two sweeps in a row found wrong.
    pub(super) async fn keep_counts(
        &self,
        found: &FiringCounts,
        kept: Option<&Kept>,
        active: &ActiveSilences<'_>,
        now: Timestamp,
    ) {
        let Some(kept) = kept else { return self.begin_counts(found, active, now).await };
        let difference = found.minus(&kept.counts);
        let is_comparable = kept.silences == active.name && kept.is_kept(now);
        let wrong = if is_comparable { difference.in_common(&kept.suspected) } else { difference.clone() };
        if is_comparable && !wrong.0.is_empty() {
            tracing::warn!(corrected = wrong.to_json(), "counts of what fires were wrong");
        }
        let set = vec![
            (SWEPT_AT, string(sortable(now))),
            (SILENCES, string(&active.name)),
            (SUSPECTED, string(difference.minus(&wrong).to_json())),
        ];
        let swept_at = kept.swept_at.clone().unwrap_or_default();
        self.add_counts(&wrong, set, format!("{SWEPT_AT} = :before"), vec![string(swept_at)]).await;
    }

    async fn begin_counts(&self, found: &FiringCounts, active: &ActiveSilences<'_>, now: Timestamp) {
        let mut item = new_item(COUNTS, FIRING);
        item.extend(found.0.iter().map(|(kind, count)| (kind.name(), number(*count))));
        item.insert(SWEPT_AT.to_owned(), string(sortable(now)));
        item.insert(SILENCES.to_owned(), string(&active.name));
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        match put.condition_expression(format!("attribute_not_exists({PK})")).send().await {
            Ok(_) => {}
            Err(error) if is_known(&error) => {}
            Err(error) => tracing::warn!(error = chain(&error), "counts of what fires not begun"),
        }
    }

    async fn correct_silenced(&self, kept: &Kept, difference: &FiringCounts, active: &str) {
        let set = vec![(SILENCES, string(active))];
        let before = vec![string(&kept.silences)];
        self.add_counts(difference, set, format!("{SILENCES} = :before"), before).await;
    }

    /// Adds `counts` and sets `set` under `condition`. Whether somebody was faster is all the same: they did as well.
    async fn add_counts(
        &self,
        counts: &FiringCounts,
        set: Vec<(&'static str, AttributeValue)>,
        condition: String,
        before: Vec<AttributeValue>,
    ) {
        let mut update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key(COUNTS, FIRING)))
            .condition_expression(condition);
        let assigned: Vec<_> = set.iter().map(|(name, _)| format!("{name} = :{name}")).collect();
        for (name, value) in set {
            update = update.expression_attribute_values(format!(":{name}"), value);
        }
        for value in before {
            update = update.expression_attribute_values(":before", value);
        }
        let mut added = Vec::new();
        for (place, (kind, count)) in counts.0.iter().enumerate() {
            added.push(format!("#kind{place} :count{place}"));
            update = update
                .expression_attribute_names(format!("#kind{place}"), kind.name())
                .expression_attribute_values(format!(":count{place}"), number(*count));
        }
        let clauses = [("SET", assigned), ("ADD", added)].into_iter().filter(|(_, parts)| !parts.is_empty());
        let clauses: Vec<_> =
            clauses.map(|(clause, parts)| format!("{clause} {}", parts.join(", "))).collect();
        match update.update_expression(clauses.join(" ")).send().await {
            Ok(_) => {}
            Err(error) if is_refused(&error) => {}
            Err(error) => tracing::warn!(error = chain(&error), "changes not counted"),
        }
    }
}

/// What `active` silences are called together, as they are now.
fn name_of(active: &[&Silence]) -> String {
    if active.is_empty() {
        return "none".to_owned();
    }
    let versions = active.iter().flat_map(|known| [known.id.to_string(), known.updated_at.to_string()]);
    EventId::of(versions).to_string()
}

/// The counts of `alerts`, of which some may not fire.
fn counts_of(alerts: &[Alert], silences: &ActiveSilences<'_>) -> FiringCounts {
    let mut counts = FiringCounts::default();
    for alert in alerts {
        counts.add(CountKey::of(alert, silences), 1);
    }
    counts
}

fn is_refused(error: &SdkError<UpdateItemError>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &str) -> FiringCounts {
        FiringCounts::from_json(text)
    }

    #[test]
    fn counts_survive_their_text_and_leave_out_what_is_none() {
        let text = r#"{"kazoo critical open":2,"netdata warning silenced":-1}"#;
        assert_eq!(counts(text).to_json(), text);
        assert_eq!(counts(r#"{"kazoo critical open":0,"else":3}"#), FiringCounts::default());
    }

    #[test]
    fn what_two_sweeps_found_is_the_least_of_it_that_points_the_same_way() {
        let first = counts(r#"{"kazoo critical open":3,"netdata info open":-2,"tencent low open":1}"#);
        let second = counts(r#"{"kazoo critical open":1,"netdata info open":-5,"tencent low open":-1}"#);
        let common = counts(r#"{"kazoo critical open":1,"netdata info open":-2}"#);
        assert_eq!(first.in_common(&second), common);
        assert_eq!(second.in_common(&first), common);
    }

    #[test]
    fn less_than_nothing_is_shown_as_nothing() {
        let counts = counts(r#"{"kazoo critical open":2,"netdata info open":-3}"#);
        assert_eq!(counts.count(|source, _, _| source == Source::Kazoo), 2);
        assert_eq!(counts.count(|source, _, _| source == Source::Netdata), 0);
    }
}
