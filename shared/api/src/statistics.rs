//! What was noisy, and how long it took until somebody had it and until it was over.

use std::collections::BTreeMap;
use std::str::FromStr;

use alert::{Clock, Severity, Source};
use aws::{Platform, SystemClock};
use axum::Json;
use axum::extract::State;
use dispatch::{DayStatistics, Noise, Period, WeekTimes};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::extract::{Query, Word, Words};
use crate::failure::Failure;

/// How many days are counted unless asked otherwise.
const DEFAULT_DAYS: i64 = 30;
/// How many at most.
const MOST_DAYS: i64 = 90;
/// How many noisy alerts and resources are named.
const MOST_NAMED: usize = 20;

/// What was counted in a period of whole UTC days, which ends today.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Statistics {
    /// The first day.
    from: Date,
    /// The last day, which is today and not over.
    to: Date,
    /// Every day of the period, oldest first.
    days: Vec<CountedDay>,
    /// The alerts that opened most often, the loudest first; twenty at most.
    noisiest_alerts: Vec<NoisyAlert>,
    /// The resources whose alerts opened most often, the loudest first; twenty at most.
    noisiest_resources: Vec<NoisyResource>,
    /// How long things took, week by week and source by source, where something did; oldest first.
    weeks: Vec<TimesOfWeek>,
}

/// What happened on one day.
#[derive(Serialize, JsonSchema)]
struct CountedDay {
    day: Date,
    /// Alerts that began to fire, for the first time or again.
    opened: u64,
    /// The same by how bad they were then; every severity is there.
    by_severity: BTreeMap<&'static str, u64>,
    /// Alerts that somebody took and nobody had before.
    acknowledged: u64,
    /// Alerts that ended by their source's word or a person's.
    resolved: u64,
    /// Alerts that ended because nothing was heard of them.
    expired: u64,
}

/// An alert, and how often it opened.
#[derive(Serialize, JsonSchema)]
struct NoisyAlert {
    source: Source,
    fingerprint: String,
    /// What it was called last, its first eighty characters.
    title: String,
    /// How often it opened at least.
    opened: u64,
    /// How often at most: more than `opened` only where a source had more than fifty different alerts on one day.
    at_most: u64,
}

/// A resource, and how often its alerts opened.
#[derive(Serialize, JsonSchema)]
struct NoisyResource {
    source: Source,
    /// Its first eighty characters.
    resource: String,
    /// How often its alerts opened at least.
    opened: u64,
    /// How often at most: more than `opened` only where a source had more than fifty different resources on one day.
    at_most: u64,
}

/// How long things took at one source in the days of one week that belong to the period. A median is wrong by a sixteenth of
/// itself at most.
#[derive(Serialize, JsonSchema)]
struct TimesOfWeek {
    /// Its Monday.
    week: Date,
    source: Source,
    /// How many alerts somebody took.
    acknowledged: u64,
    /// From when an alert began to fire until somebody took it; null of none.
    median_seconds_to_acknowledge: Option<u64>,
    /// How many alerts were resolved whose source says when they began and ended.
    resolved: u64,
    /// From when an alert began to fire until it was resolved; null of none.
    median_seconds_to_resolve: Option<u64>,
}

/// Which period, and of what.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
pub(crate) struct StatisticsQuery {
    /// How many days, today among them.
    days: Word<Days>,
    /// Of these sources; all unless given.
    source: Words<Source>,
}

/// A number of days.
#[derive(Debug, Clone, Copy)]
struct Days(i64);

/// A number that is no length of a period.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not between 1 and {MOST_DAYS}")]
struct DaysError(String);

/// `GET /v1/statistics`.
pub(crate) async fn statistics(
    State(platform): State<Platform>,
    Query(query): Query<StatisticsQuery>,
) -> Result<Json<Statistics>, Failure> {
    let days = query.days.0.map_or(DEFAULT_DAYS, |Days(days)| days);
    let (from, to) = period(SystemClock.now(), days);
    let sources = if query.source.0.is_empty() { Source::ALL } else { &query.source.0[..] };
    let known = platform.table.statistics(sources, from, to).await.map_err(Failure::Store)?;
    Ok(Json(Statistics::of(&known.into_iter().collect(), from, to)))
}

/// The first and the last of `days` days that end with that of `now`.
fn period(now: Timestamp, days: i64) -> (Date, Date) {
    let today = Offset::UTC.to_datetime(now).date();
    (today.checked_sub(Span::new().days(days - 1)).unwrap_or(Date::MIN), today)
}

impl Statistics {
    fn of(period: &Period, from: Date, to: Date) -> Self {
        let days = from.series(Span::new().days(1)).take_while(|day| *day <= to);
        Self {
            from,
            to,
            days: days.map(|day| CountedDay::of(day, period)).collect(),
            noisiest_alerts: period.noisiest_alerts(MOST_NAMED).into_iter().map(NoisyAlert::from).collect(),
            noisiest_resources: period
                .noisiest_resources(MOST_NAMED)
                .into_iter()
                .map(NoisyResource::from)
                .collect(),
            weeks: period
                .weeks()
                .iter()
                .map(|((week, source), times)| TimesOfWeek::of(*week, *source, times))
                .collect(),
        }
    }
}

impl CountedDay {
    fn of(day: Date, period: &Period) -> Self {
        let sum =
            |of: &dyn Fn(&DayStatistics) -> u64| period.on(day).map(|(_, known)| of(known)).sum::<u64>();
        let opened =
            |severity: &Severity| sum(&|known| known.opened.get(severity).copied().unwrap_or_default());
        let by_severity: BTreeMap<_, _> =
            Severity::ALL.iter().map(|severity| (severity.as_str(), opened(severity))).collect();
        Self {
            day,
            opened: by_severity.values().sum(),
            by_severity,
            acknowledged: sum(&|known| known.to_acknowledge.count()),
            resolved: sum(&|known| known.resolved),
            expired: sum(&|known| known.expired),
        }
    }
}

impl From<Noise> for NoisyAlert {
    fn from(Noise { source, name, title, opened, at_most }: Noise) -> Self {
        Self { source, fingerprint: name, title, opened, at_most }
    }
}

impl From<Noise> for NoisyResource {
    fn from(Noise { source, name, opened, at_most, .. }: Noise) -> Self {
        Self { source, resource: name, opened, at_most }
    }
}

impl TimesOfWeek {
    fn of(week: Date, source: Source, times: &WeekTimes) -> Self {
        Self {
            week,
            source,
            acknowledged: times.to_acknowledge.count(),
            median_seconds_to_acknowledge: times.to_acknowledge.median(),
            resolved: times.to_resolve.count(),
            median_seconds_to_resolve: times.to_resolve.median(),
        }
    }
}

impl FromStr for Days {
    type Err = DaysError;

    fn from_str(text: &str) -> Result<Self, DaysError> {
        let days =
            text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days) && days.to_string() == text);
        days.map(Self).ok_or_else(|| DaysError(text.chars().take(64).collect()))
    }
}

impl JsonSchema for Days {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Days".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": DEFAULT_DAYS })
    }
}
