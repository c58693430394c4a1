//! `campanile alerts`: what fires, or has fired.

use alert::matcher::{Matcher, MatcherError};
use alert::{Condition, Handling, Severity, Source};
use aws::SystemClock;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use comfy_table::Table;
use intake::Clock as _;
use jiff::Timestamp;
use serde::Deserialize;

use super::Outcome;
use super::id_prefix::IdPrefix;
use super::list_args::{ListArgs, parameters};
use super::moment::When;
use super::table::{Column, distance, table};
use super::word::word_of;

/// List firing alerts, newest first
#[derive(Debug, Args)]
pub(super) struct Alerts {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    reading: ListArgs,
}

/// Which alerts
#[derive(Debug, Args)]
struct Filter {
    /// Only alerts whose labels satisfy all of these, such as `instance=db-01`, `severity=~"critical|high"`
    #[arg(value_name = "MATCHER", value_parser = matcher)]
    matchers: Vec<Matcher>,
    /// Resolved and expired alerts, too
    #[arg(long)]
    all: bool,
    /// Only alerts in one of these conditions
    #[arg(long, value_parser = word_of(Condition::ALL, Condition::as_str), value_delimiter = ',', conflicts_with = "all")]
    condition: Vec<String>,
    /// Only alerts handled in one of these ways
    #[arg(long, value_parser = word_of(Handling::ALL, Handling::as_str), value_delimiter = ',')]
    handling: Vec<String>,
    /// Only alerts at least this severe
    #[arg(long, value_parser = word_of(Severity::ALL, Severity::as_str))]
    severity: Option<String>,
    /// Only alerts of these sources
    #[arg(long, value_parser = word_of(Source::ALL, Source::as_str), value_delimiter = ',')]
    source: Vec<String>,
    /// Only alerts of this account at their source; may be given several times
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    account: Vec<String>,
    /// Only alerts with this text in title, summary, resource or service, in any case
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    text: Option<String>,
    /// Only alerts whose condition has changed since this time, or in this length of time, such as `2h`
    #[arg(long, value_name = "TIME")]
    since: Option<When>,
    /// Only alerts whose condition has not changed after this time, or for this length of time
    #[arg(long, value_name = "TIME")]
    until: Option<When>,
}

/// An alert as the table shows it.
#[derive(Deserialize)]
pub(super) struct Row {
    pub(super) fingerprint: String,
    pub(super) source: String,
    pub(super) condition: String,
    pub(super) handling: String,
    pub(super) severity: String,
    pub(super) title: String,
    pub(super) condition_since: Timestamp,
}

/// A text that is no matcher.
#[derive(Debug, thiserror::Error)]
enum NoMatcher {
    #[error("{0}")]
    Matcher(MatcherError),
    #[error("it is no matcher; `campanile alert {0}` shows one alert")]
    Fingerprint(IdPrefix),
}

impl Alerts {
    pub(super) async fn run(self) -> Outcome {
        let query = self.filter.query(SystemClock.now());
        let nothing = if self.filter.is_narrow() { "No alerts match." } else { "nothing is open" };
        self.reading.show(("/v1/alerts", "alerts"), &query, nothing, shown).await.map(drop)
    }
}

impl Filter {
    fn query(&self, now: Timestamp) -> Vec<(&'static str, String)> {
        let condition =
            if self.all || !self.condition.is_empty() { &self.condition[..] } else { &["firing".to_owned()] };
        let words = [
            ("condition", condition),
            ("handling", &self.handling),
            ("source", &self.source),
            ("account", &self.account),
        ];
        let words = words.into_iter().flat_map(|(name, words)| parameters(name, words));
        let matchers = self.matchers.iter().map(|matcher| ("filter", matcher.to_string()));
        let times = [("from", self.since), ("to", self.until)];
        let times = times.into_iter().filter_map(|(name, when)| Some((name, when?.before(now).to_string())));
        let texts = [("severity", &self.severity), ("q", &self.text)];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text.clone()?)));
        words.chain(matchers).chain(times).chain(texts).collect()
    }

    /// Whether there may be open alerts that are not shown.
    fn is_narrow(&self) -> bool {
        self.query(Timestamp::UNIX_EPOCH) != [("condition", "firing".to_owned())]
    }
}

impl Row {
    /// How it is handled while it fires and somebody or something takes care of it, else its condition.
    pub(super) fn state(&self) -> &str {
        if self.condition == "firing" && self.handling != "open" { &self.handling } else { &self.condition }
    }
}

fn matcher(text: &str) -> Result<Matcher, NoMatcher> {
    text.parse()
        .map_err(|error| IdPrefix::of_hash(text).map_or(NoMatcher::Matcher(error), NoMatcher::Fingerprint))
}

fn shown(rows: &[Row], now: Timestamp) -> Table {
    let columns = [
        Column::Id("ALERT"),
        Column::Fixed("SEVERITY"),
        Column::Fixed("STATE"),
        Column::Fixed("SINCE"),
        Column::Fixed("SOURCE"),
        Column::Broken("TITLE"),
    ];
    let row = |row: &Row| {
        [
            row.fingerprint.clone(),
            row.severity.clone(),
            row.state().to_owned(),
            distance(row.condition_since, now),
            row.source.clone(),
            row.title.clone(),
        ]
    };
    table(columns, rows.iter().map(row))
}
