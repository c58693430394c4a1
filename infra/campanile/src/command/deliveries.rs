//! `campanile deliveries`: what destinations were told, and what they are still to be told.

use aws::DeliveryState;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use comfy_table::Table;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::Outcome;
use super::action::{Action, ActionArgs};
use super::id_prefix::IdPrefix;
use super::list_args::{ListArgs, parameters};
use super::lookup::{ALERTS, DELIVERIES};
use super::table::{Column, distance, shortening, table};
use super::word::word_of;

/// List what destinations were told and are still to be told, or have it told once more
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Deliveries {
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

/// List what destinations were told and are still to be told, newest first
#[derive(Debug, Args)]
struct List {
    /// Only deliveries in one of these states
    #[arg(long, value_parser = word_of(&DeliveryState::ALL, DeliveryState::as_str), value_delimiter = ',')]
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

/// Make deliveries due now, whatever became of them, and resume their destinations
#[derive(Debug, Args)]
struct Retry {
    /// Their ids, as the list shows them
    #[arg(required = true, value_name = "ID", value_parser = IdPrefix::of_delivery)]
    ids: Vec<IdPrefix>,
    #[command(flatten)]
    doing: ActionArgs,
}

/// A delivery as the table shows it.
#[derive(Deserialize)]
struct Row {
    fingerprint: String,
    revision: u64,
    destination: String,
    state: String,
    transition: String,
    title: String,
    created_at: Timestamp,
    attempts: u32,
    next_attempt_at: Option<Timestamp>,
    reason: Option<String>,
}

impl Deliveries {
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
        let nothing =
            if query.is_empty() { "nothing was told to anybody" } else { "no delivery is like that" };
        self.reading.show(("/v1/deliveries", "deliveries"), &query, nothing, shown).await.map(drop)
    }
}

impl Retry {
    async fn run(self) -> Outcome {
        let action = Action::post("/retry", json!({}), |id, _| Ok(format!("{id} is due now")));
        self.doing.to_each(&self.ids, DELIVERIES, &action).await
    }
}

fn shown(rows: &[Row], now: Timestamp) -> Table {
    let columns = [
        Column::Fixed("DELIVERY"),
        Column::Fixed("STATE"),
        Column::Fixed("AGE"),
        Column::Fixed("WHAT"),
        Column::Fixed("TRIES"),
        Column::Fixed("NEXT"),
        Column::Broken("TITLE"),
        Column::Broken("REASON"),
    ];
    let shorten = shortening(rows.iter().map(|row| row.fingerprint.as_str()));
    let row = |row: &Row| {
        [
            format!("{}-{}-{}", shorten(&row.fingerprint), row.revision, row.destination),
            row.state.clone(),
            distance(row.created_at, now),
            row.transition.clone(),
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
