//! `campanile notifications`: what destinations were notified of, and what is pending for them.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use comfy_table::Table;
use dispatch::NotificationState;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::Outcome;
use super::action::{Action, ActionArgs};
use super::id_prefix::IdPrefix;
use super::list_args::{ListArgs, parameters};
use super::lookup::{ALERTS, NOTIFICATIONS};
use super::table::{Column, distance, shortening, table};
use super::word::word_of;

/// List notifications, sent and pending, or send one again now
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Notifications {
    #[command(subcommand)]
    action: Option<Subcommands>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    List(List),
    Retry(Retry),
}

/// List notifications, pending ones first, then the newest
#[derive(Debug, Args)]
struct List {
    /// Only notifications in one of these states
    #[arg(long, value_parser = word_of(&NotificationState::ALL, NotificationState::as_str), value_delimiter = ',')]
    state: Vec<String>,
    /// Only those to this destination
    #[arg(long, value_parser = NonEmptyStringValueParser::new(), value_name = "ID")]
    destination: Option<String>,
    /// Only those of this alert: its fingerprint, or a prefix of it
    #[arg(long, value_name = "FINGERPRINT", value_parser = IdPrefix::of_hash)]
    alert: Option<IdPrefix>,
    #[command(flatten)]
    reading: ListArgs,
}

/// Notify destinations now of what they do not know yet of these notifications' alerts, and resume the destinations
#[derive(Debug, Args)]
struct Retry {
    /// Their ids, as the list shows them
    #[arg(required = true, value_name = "ID", value_parser = IdPrefix::of_notification)]
    ids: Vec<IdPrefix>,
    #[command(flatten)]
    doing: ActionArgs,
}

/// A notification as the table shows it.
#[derive(Deserialize)]
struct Row {
    id: String,
    group: String,
    state: String,
    event: String,
    alerts: usize,
    title: String,
    created_at: Timestamp,
    attempts: u32,
    next_attempt_at: Option<Timestamp>,
    reason: Option<String>,
}

impl Notifications {
    pub(super) async fn run(self) -> Outcome {
        match self.action.unwrap_or(Subcommands::List(self.list)) {
            Subcommands::List(list) => list.run().await,
            Subcommands::Retry(retry) => retry.run().await,
        }
    }
}

impl List {
    async fn run(self) -> Outcome {
        let alerts = self.reading.server.meant(self.alert.as_slice(), ALERTS).await?;
        let destination = self.destination.as_slice();
        let words = [("state", &self.state[..]), ("destination", destination), ("fingerprint", &alerts)];
        let query: Vec<_> = words.into_iter().flat_map(|(name, words)| parameters(name, words)).collect();
        let nothing = if query.is_empty() { "No notifications yet." } else { "No notifications match." };
        self.reading.show(("/v1/notifications", "notifications"), &query, nothing, shown).await.map(drop)
    }
}

impl Retry {
    async fn run(self) -> Outcome {
        let action = Action::post("/retry", json!({}), |id, _| Ok(format!("{id} is due now")));
        self.doing.to_each(&self.ids, NOTIFICATIONS, &action).await
    }
}

fn shown(rows: &[Row], now: Timestamp) -> Table {
    let columns = [
        Column::Fixed("NOTIFICATION"),
        Column::Fixed("STATE"),
        Column::Fixed("AGE"),
        Column::Fixed("EVENT"),
        Column::Fixed("ALERTS"),
        Column::Fixed("TRIES"),
        Column::Fixed("NEXT"),
        Column::Broken("TITLE"),
        Column::Broken("REASON"),
    ];
    let shorten = shortening(rows.iter().map(|row| row.group.as_str()));
    let row = |row: &Row| {
        [
            format!("{}{}", shorten(&row.group), row.id.strip_prefix(&row.group).unwrap_or_default()),
            row.state.clone(),
            distance(row.created_at, now),
            row.event.clone(),
            row.alerts.to_string(),
            row.attempts.to_string(),
            row.next_attempt_at
                .map(|at| if at <= now { "due".to_owned() } else { distance(at, now) })
                .unwrap_or_default(),
            row.title.clone(),
            row.reason.clone().unwrap_or_default(),
        ]
    };
    table(columns, rows.iter().map(row))
}
