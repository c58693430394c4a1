//! Logs: one JSON object a line, as CloudWatch likes them.

use tracing_subscriber::EnvFilter;

/// Logs to standard output as JSON, at `level` (`error`, `warn`, `info`, `debug`, or a tracing filter).
///
/// Bodies, tokens, headers and paths are never logged; identifiers and counts are.
pub fn log_to_stdout(level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false);
    // A second call would find a subscriber in place; the first one stays.
    let _ = subscriber.with_env_filter(filter).try_init();
}
