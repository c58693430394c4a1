//! `campanile alerts`: what rings, as a table.

use alert::Alert;
use clap::Args;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use intake::Clock;
use jiff::Timestamp;
use serde_json::Value;

use super::server::Server;
use super::{Outcome, say};

/// List what is open
#[derive(Debug, Args)]
pub(super) struct Alerts {
    /// Resolved and expired alerts, too
    #[arg(long)]
    all: bool,
    /// JSON instead of a table, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

impl Alerts {
    pub(super) async fn run(self) -> Outcome {
        let alerts = self.read().await?;
        if self.json {
            say(serde_json::to_string_pretty(&alerts)?);
        } else if alerts.is_empty() {
            say("nothing is open");
        } else {
            let alerts: Vec<Alert> = serde_json::from_value(Value::Array(alerts))?;
            say(table(&alerts, aws::SystemClock.now()));
        }
        Ok(())
    }

    /// Every page of the list.
    async fn read(&self) -> Result<Vec<Value>, super::server::ServerError> {
        let mut alerts = Vec::new();
        let mut cursor = String::new();
        loop {
            let condition = if self.all { "" } else { "firing" };
            let query = [("condition", condition), ("limit", "500"), ("cursor", &cursor)];
            let mut page = self.server.get("/v1/alerts", &query).await?;
            if let Value::Array(page) = page["alerts"].take() {
                alerts.extend(page);
            }
            match page["next_cursor"].take() {
                Value::String(next) => cursor = next,
                _ => return Ok(alerts),
            }
        }
    }
}

fn table(alerts: &[Alert], now: Timestamp) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["SEVERITY", "STATE", "SINCE", "SOURCE", "TITLE", "FINGERPRINT"]);
    for alert in alerts {
        let state = match alert.handling {
            alert::Handling::Open => alert.condition.as_str(),
            handling => handling.as_str(),
        };
        table.add_row([
            alert.severity.to_string(),
            state.to_owned(),
            age(alert.condition_since, now),
            alert.source.to_string(),
            printable(&alert.title),
            alert.fingerprint.to_string(),
        ]);
    }
    table
}

/// `text` without what a terminal would obey; it came from a payload.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// How long ago `since` was, in its two largest units.
fn age(since: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(since.as_second());
    match seconds {
        ..0 => "in the future".to_owned(),
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_at_most_two_units() {
        let since = Timestamp::UNIX_EPOCH;
        let ages =
            [5, 65, 3_700, 90_000, -1].map(|seconds| age(since, Timestamp::from_second(seconds).unwrap()));
        assert_eq!(ages, ["5 s", "1 min", "1 h 1 min", "1 d 1 h", "in the future"]);
    }

    #[test]
    fn a_title_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\n"), "a\u{fffd}[2Jb\u{fffd}");
    }
}
