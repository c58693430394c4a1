//! `campanile destinations`: how the destinations of a running bundle or deployment fare, and having them tried again.

use std::fmt;
use std::str::FromStr;

use alert::Clock as _;
use aws::SystemClock;
use clap::{Args, Subcommand};
use comfy_table::Table;
use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::super::output_format::OutputFormat;
use super::super::server::Server;
use super::super::table::{Column, distance, table};
use super::super::terminal_text::{sanitize_for_terminal, sanitize_json_for_terminal};
use super::super::{Outcome, remark, say};

/// List how destinations fare, or have them tried again
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::command) struct Steering {
    #[command(subcommand)]
    action: Option<Subcommands>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    List(List),
    Resume(Resume),
    Retry(Retry),
}

/// List destinations: how each fares, why, and what waits for it
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    form: OutputFormat,
    #[command(flatten)]
    server: Server,
}

/// End what keeps destinations from being notified: a suspension, a hold, failures in a row
#[derive(Debug, Args)]
struct Resume {
    #[command(flatten)]
    which: Which,
}

/// Resume destinations, and try at once what waits for them after a failure
#[derive(Debug, Args)]
struct Retry {
    #[command(flatten)]
    which: Which,
}

/// Which destinations
#[derive(Debug, Args)]
struct Which {
    /// Their ids, as the list shows them
    #[arg(required = true, value_name = "ID")]
    ids: Vec<DestinationId>,
    /// The API's JSON instead of a line for each, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// The id of a destination.
#[derive(Debug, Clone)]
struct DestinationId(String);

/// A text that is no destination's id.
#[derive(Debug, thiserror::Error)]
#[error("write the id of a destination, as `campanile destinations` shows it, like ops-slack")]
struct NotADestination;

/// A destination as the table shows it.
#[derive(Deserialize)]
struct Row {
    id: String,
    r#type: String,
    state: String,
    reason: Option<String>,
    since: Option<Timestamp>,
    waiting: usize,
    oldest_waiting_at: Option<Timestamp>,
    next_attempt_at: Option<Timestamp>,
}

/// A mistake in the settings.
#[derive(Deserialize)]
struct Wrong {
    path: String,
    problem: String,
}

impl Steering {
    pub(in crate::command) async fn run(self) -> Outcome {
        match self.action.unwrap_or(Subcommands::List(self.list)) {
            Subcommands::List(list) => list.run().await,
            Subcommands::Resume(resume) => resume.which.each("resume").await,
            Subcommands::Retry(retry) => retry.which.each("retry").await,
        }
    }
}

impl List {
    async fn run(self) -> Outcome {
        let answer = self.server.get("/v1/destinations", &[]).await?;
        if self.form.is_json() {
            OutputFormat::show_json(answer.text());
            return Ok(());
        }
        let now = SystemClock.now();
        let rows: Vec<Row> = answer.member("destinations")?;
        self.form.show_rows(&rows, "there are no destinations: nobody is notified", |rows| shown(rows, now));
        for Wrong { path, problem } in answer.member::<Vec<Wrong>>("mistakes")? {
            remark(sanitize_for_terminal(&format!("misconfigured, left out: {path}: {problem}")));
        }
        Ok(())
    }
}

impl Which {
    /// Does `action` to each, up to the first that fails.
    async fn each(&self, action: &str) -> Outcome {
        for id in &self.ids {
            let path = format!("/v1/destinations/{id}/{action}");
            let answer = self.server.act(Method::POST, &path, &json!({})).await;
            let answer = answer.map_err(|error| error.listed_by("campanile destinations"))?;
            if self.json {
                say(sanitize_json_for_terminal(answer.text()));
            } else {
                let Row { state, waiting, .. } = answer.read()?;
                say(sanitize_for_terminal(&format!("{id} is {state}; groups that wait: {waiting}")));
            }
        }
        Ok(())
    }
}

impl FromStr for DestinationId {
    type Err = NotADestination;

    fn from_str(text: &str) -> Result<Self, NotADestination> {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_id = !text.is_empty() && text.bytes().all(is_part);
        if is_id { Ok(Self(text.to_owned())) } else { Err(NotADestination) }
    }
}

impl fmt::Display for DestinationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn shown(rows: &[Row], now: Timestamp) -> Table {
    let columns = [
        Column::Fixed("DESTINATION"),
        Column::Fixed("TYPE"),
        Column::Fixed("STATE"),
        Column::Fixed("SINCE"),
        Column::Fixed("WAITING"),
        Column::Fixed("OLDEST"),
        Column::Fixed("NEXT"),
        Column::Broken("REASON"),
    ];
    let time = |at: Option<Timestamp>| at.map(|at| distance(at, now)).unwrap_or_default();
    let row = |row: &Row| {
        [
            row.id.clone(),
            row.r#type.clone(),
            row.state.replace('_', " "),
            time(row.since),
            row.waiting.to_string(),
            time(row.oldest_waiting_at),
            time(row.next_attempt_at),
            row.reason.clone().unwrap_or_default(),
        ]
    };
    table(columns, rows.iter().map(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_a_destination_is_no_path() {
        assert!("ops-slack".parse::<DestinationId>().is_ok());
        for text in ["", "../alerts", "Ops", "a b", "ops?x"] {
            assert!(text.parse::<DestinationId>().is_err(), "{text}");
        }
    }
}
