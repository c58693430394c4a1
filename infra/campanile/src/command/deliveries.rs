//! `campanile deliveries`: what destinations were told, and what they are still to be told.

use aws::{DeliveryState, SystemClock};
use clap::{Args, Subcommand};
use comfy_table::Table;
use intake::Clock as _;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::beginning::Beginning;
use super::form::Form;
use super::lookup::{ALERTS, DELIVERIES};
use super::page::Part;
use super::plain::plain_json;
use super::server::Server;
use super::several::each;
use super::table::{Column, digits, distance, short, table};
use super::word::word_of;
use super::{Outcome, say};

/// List what destinations were told and are still to be told, or have it told once more
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Deliveries {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum Action {
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
    #[arg(long, value_name = "ID")]
    destination: Option<String>,
    /// Only those of this alert: its fingerprint, or enough of its beginning
    #[arg(long, value_name = "FINGERPRINT", value_parser = Beginning::of_hash)]
    alert: Option<Beginning>,
    #[command(flatten)]
    part: Part,
    #[command(flatten)]
    form: Form,
    #[command(flatten)]
    server: Server,
}

/// Make deliveries due now, whatever became of them, and resume their destinations
#[derive(Debug, Args)]
struct Retry {
    /// Their ids, as the list shows them
    #[arg(required = true, value_name = "ID", value_parser = Beginning::of_delivery)]
    ids: Vec<Beginning>,
    /// The API's JSON instead of a line for each delivery, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
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
        match self.action.unwrap_or(Action::List(self.list)) {
            Action::List(list) => list.run().await,
            Action::Retry(retry) => retry.run().await,
        }
    }
}

impl List {
    async fn run(self) -> Outcome {
        let mut query: Vec<_> = self.state.iter().map(|state| ("state", state.clone())).collect();
        query.extend(self.destination.iter().map(|destination| ("destination", destination.clone())));
        let alerts = self.server.meant(self.alert.as_slice(), ALERTS).await?;
        query.extend(alerts.into_iter().map(|fingerprint| ("fingerprint", fingerprint)));
        let listing = self.server.list("/v1/deliveries", "deliveries", &query, &self.part).await?;
        let nothing =
            if query.is_empty() { "nothing was told to anybody" } else { "no delivery is like that" };
        let now = SystemClock.now();
        self.form.show_list(&listing, nothing, |rows: &[Row]| shown(rows, now))
    }
}

impl Retry {
    async fn run(self) -> Outcome {
        let ids = self.server.meant(&self.ids, DELIVERIES).await?;
        each(&ids, async |id| {
            let answer = self.server.post(&format!("/v1/deliveries/{id}/retry"), &json!({})).await;
            let answer = answer.map_err(|error| DELIVERIES.explain(error))?;
            say(if self.json { plain_json(answer.text()) } else { format!("{id} is due now") });
            Ok(())
        })
        .await
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
    let digits = digits(rows.iter().map(|row| row.fingerprint.as_str()));
    let row = |row: &Row| {
        [
            format!("{}-{}-{}", short(&row.fingerprint, digits), row.revision, row.destination),
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
