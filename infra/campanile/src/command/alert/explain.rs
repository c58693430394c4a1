//! `campanile alert explain`: which destinations were notified of an alert, or why not.

use alert::Clock as _;
use aws::SystemClock;
use clap::Args;
use comfy_table::Table;
use jiff::Timestamp;
use serde::Deserialize;

use super::super::Outcome;
use super::super::id_prefix::IdPrefix;
use super::super::lookup::ALERTS;
use super::super::output_format::OutputFormat;
use super::super::server::Server;
use super::super::table::{Column, distance, table};

/// Show for each destination whether it was notified of an alert, and why not
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Its fingerprint, or a prefix of it
    #[arg(value_name = "FINGERPRINT", value_parser = IdPrefix::of_hash)]
    fingerprint: IdPrefix,
    #[command(flatten)]
    form: OutputFormat,
    #[command(flatten)]
    server: Server,
}

/// A destination as the table shows it.
#[derive(Deserialize)]
struct Row {
    destination: String,
    state: String,
    reason: Option<String>,
    notified_at: Option<Timestamp>,
    notified_severity: Option<String>,
    due_at: Option<Timestamp>,
    withheld: Option<Withheld>,
}

#[derive(Deserialize)]
struct Withheld {
    until: Timestamp,
}

impl Explain {
    pub(super) async fn run(self) -> Outcome {
        let fingerprints = self.server.meant(std::slice::from_ref(&self.fingerprint), ALERTS).await?;
        let path = format!("/v1/alerts/{}/notifications", fingerprints.concat());
        let answer = self.server.get(&path, &[]).await.map_err(|error| ALERTS.explain(error))?;
        if self.form.is_json() {
            OutputFormat::show_json(answer.text());
            return Ok(());
        }
        let now = SystemClock.now();
        let rows: Vec<Row> = answer.member("destinations")?;
        self.form.show_rows(&rows, "there are no destinations: nobody is notified", |rows| shown(rows, now));
        Ok(())
    }
}

fn shown(rows: &[Row], now: Timestamp) -> Table {
    let columns = [
        Column::Fixed("DESTINATION"),
        Column::Fixed("STATE"),
        Column::Fixed("NOTIFIED"),
        Column::Fixed("SEVERITY"),
        Column::Fixed("NEXT"),
        Column::Broken("REASON"),
    ];
    let row = |row: &Row| {
        let next = row.due_at.or(row.withheld.as_ref().map(|withheld| withheld.until));
        [
            row.destination.clone(),
            row.state.clone(),
            row.notified_at.map(|at| distance(at, now)).unwrap_or_default(),
            row.notified_severity.clone().unwrap_or_default(),
            next.map(|at| distance(at, now)).unwrap_or_default(),
            row.reason.clone().unwrap_or_default(),
        ]
    };
    table(columns, rows.iter().map(row))
}
