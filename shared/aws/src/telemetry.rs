//! Logs and metrics: one JSON object a line on standard output, as CloudWatch likes them.

mod metrics;

use std::io;

use intake::COUNTS;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::layer::{Filter, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

use crate::configuration::function_name;
use crate::{Configuration, SystemClock};
use metrics::Metrics;

/// Logs to standard output as JSON, at the configured level; in Lambda, counts become metrics beside it, whatever the
/// level.
///
/// Bodies, tokens, headers and paths are never logged; identifiers and counts are.
pub fn log_to_stdout(configuration: &Configuration) {
    let log = fmt::layer().json().flatten_event(true).with_current_span(false);
    let metrics = function_name().map(|function| {
        let counts = Targets::new().with_target(COUNTS, LevelFilter::TRACE);
        Metrics::new(configuration.stack.clone(), function, SystemClock, io::stdout).with_filter(counts)
    });
    // A second call would find a subscriber in place; the first one stays.
    let _ = registry().with(log.with_filter(log_filter(&configuration.log))).with(metrics).try_init();
}

/// What is logged at `level`; `info` where that is no filter.
pub fn log_filter<S: Subscriber>(level: &str) -> impl Filter<S> + Send + Sync + 'static {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    filter.and(filter_fn(is_harmless))
}

/// Whether it is none of the SDK's traces, which quote every secret that Secrets Manager answers with.
fn is_harmless(metadata: &Metadata<'_>) -> bool {
    *metadata.level() != Level::TRACE || !metadata.target().starts_with("aws_")
}
