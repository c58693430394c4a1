//! Site24x7: the webhook, and what the poller reads of current status and alert logs.
//!
//! Three ways in, one alert per monitor: all three end in the fingerprint of account and monitor id, never in a
//! monitor's name, which repeats and changes. Nothing here calls the API; rows come in as the JSON it answered.

mod account;
mod alert_logs;
mod current_status;
mod data_center;
mod decoding;
mod identity;
mod labels;
mod late;
mod log_row;
mod monitor_id;
mod names;
mod outage;
mod parameters;
mod reconcile;
mod redaction;
mod status;
mod time;
mod webhook;

pub use account::AccountNames;
pub use alert_logs::{LogEvent, LogEvents, LogWindow, UnreadableRow, alert_logs};
pub use current_status::{StatusRow, current_status, utc_offset_of};
pub use data_center::{DataCenter, Hosts, UnknownDataCenter};
pub use names::MonitorNames;
pub use reconcile::reconcile;
pub use redaction::redact;
pub use status::Status;
pub use webhook::normalize;

/// Name of the monitor in the notifications that the console's test button sends.
const TEST_MONITOR: &str = "Zylker Monitor";
