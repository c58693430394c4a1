//! Whether the vendor allows as many calls a day as the poller makes.

use super::report::Finding;
use crate::{CallError, Monitor};

const NAME: &str = "calls_per_day";

/// How many calls the vendor allows a day for each monitor.
const CALLS_PER_MONITOR: u64 = 200;

pub(super) fn finding(calls: u64, monitors: Option<&Result<Vec<Monitor>, CallError>>) -> Finding {
    let Some(Ok(monitors)) = monitors else {
        return Finding::not_checked(
            NAME,
            format!("some {calls} calls a day; the monitors cannot be counted"),
        );
    };
    let count = u64::try_from(monitors.len()).unwrap_or(u64::MAX);
    let allowed = count.saturating_mul(CALLS_PER_MONITOR);
    let noun = if count == 1 { "monitor" } else { "monitors" };
    let detail = format!("some {calls} calls a day; {allowed} are allowed for {count} {noun}");
    if calls <= allowed {
        return Finding::passed(NAME, detail);
    }
    Finding::warning(NAME, detail, "poll less often: every 15 minutes is right for up to three monitors")
}
