//! `campanile alerts`: what fires, or has fired.

mod rows;
mod watch;

use alert::matcher::{Matcher, MatcherError};
use alert::{Clock as _, Condition, Handling, Severity, Source};
use aws::SystemClock;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use jiff::Timestamp;

pub(super) use self::rows::Row;
use self::rows::shown;
use super::Outcome;
use super::id_prefix::IdPrefix;
use super::list_args::{ListArgs, parameters};
use super::moment::When;
use super::page::Listing;
use super::server::ServerError;
use super::word::word_of;

/// Seconds from one look to the next, unless given.
const PAUSE_SECS: &str = "5";

/// List firing alerts, the worst first
#[derive(Debug, Args)]
pub(super) struct Alerts {
    #[command(flatten)]
    filter: Filter,
    /// Look again every so many seconds until Ctrl-C; into a pipe, print only when something has changed
    #[arg(
        long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = PAUSE_SECS,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    watch: Option<u64>,
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
        match self.watch {
            Some(seconds) => self.watch(seconds).await,
            None => self.look_once().await,
        }
    }

    async fn look_once(&self) -> Outcome {
        let listing = self.listing().await?;
        let form = &self.reading.form;
        form.show_list(&listing, self.nothing(), |rows| shown(rows, SystemClock.now(), form.look()))
    }

    /// The alerts as they are now; what is so long ago as a filter says is so long before now.
    async fn listing(&self) -> Result<Listing, ServerError> {
        self.reading.listing(("/v1/alerts", "alerts"), &self.filter.query(SystemClock.now())).await
    }

    /// What to say where there are none.
    fn nothing(&self) -> &'static str {
        if self.filter.is_narrow() { "No alerts match." } else { "nothing is open" }
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

fn matcher(text: &str) -> Result<Matcher, NoMatcher> {
    text.parse()
        .map_err(|error| IdPrefix::of_hash(text).map_or(NoMatcher::Matcher(error), NoMatcher::Fingerprint))
}
