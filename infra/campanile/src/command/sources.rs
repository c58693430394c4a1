//! `campanile sources`: who speaks, and who has fallen silent.

use std::collections::BTreeMap;

use alert::Clock as _;
use aws::SystemClock;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use comfy_table::Table;
use jiff::Timestamp;
use serde::Deserialize;

use super::output_format::OutputFormat;
use super::server::Server;
use super::table::{Column, distance, table};
use super::terminal_text::sanitize_for_terminal;
use super::upkeep::Upkeep;
use super::{Outcome, remark, say};

/// List the accounts of sources that have spoken, when each last did, and how much came in the last hour
#[derive(Debug, Args)]
pub(super) struct Sources {
    /// How many accounts at most
    #[arg(long, value_name = "NUMBER", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Go on where `next_cursor` of an earlier list says
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    cursor: Option<String>,
    #[command(flatten)]
    form: OutputFormat,
    #[command(flatten)]
    server: Server,
}

/// What the API says of them.
#[derive(Deserialize)]
struct Page {
    sources: Vec<Row>,
    totals: BTreeMap<String, Total>,
    #[serde(default)]
    upkeep: BTreeMap<String, Upkeep>,
    next_cursor: Option<String>,
}

/// An account as the table shows it.
#[derive(Deserialize)]
struct Row {
    source: String,
    account: String,
    last_event_at: Timestamp,
    state: String,
}

/// What came in the last hour from all accounts of a source.
#[derive(Deserialize)]
struct Total {
    events_last_hour: u64,
    quarantined_last_hour: u64,
}

const NOTHING: &str =
    "no source has spoken yet: `campanile send netdata nested-raised-critical` does as if one had";

impl Sources {
    pub(super) async fn run(self) -> Outcome {
        let mut query = vec![("limit", self.limit.to_string())];
        query.extend(self.cursor.iter().map(|cursor| ("cursor", cursor.clone())));
        let answer = self.server.get("/v1/sources", &query).await?;
        let page: Page = answer.read()?;
        if self.form.is_json() {
            OutputFormat::show_json(answer.text());
        } else {
            self.form.show_rows(&page.sources, NOTHING, |rows| shown(rows, &page.totals, SystemClock.now()));
            for (source, upkeep) in &page.upkeep {
                say(sanitize_for_terminal(&format!("{source}: {}", upkeep.in_words(SystemClock.now()))));
            }
        }
        if page.next_cursor.is_some() {
            remark("there is more: raise --limit, or go on with --cursor");
        }
        Ok(())
    }
}

fn shown(rows: &[Row], totals: &BTreeMap<String, Total>, now: Timestamp) -> Table {
    let columns = [
        Column::Fixed("SOURCE"),
        Column::Broken("ACCOUNT"),
        Column::Fixed("STATE"),
        Column::Fixed("LAST"),
        Column::Fixed("EVENTS/H"),
        Column::Fixed("QUARANTINED/H"),
    ];
    let number = |source: &str, number: fn(&Total) -> u64| {
        totals.get(source).map(|total| number(total).to_string()).unwrap_or_default()
    };
    let row = |row: &Row| {
        [
            row.source.clone(),
            row.account.clone(),
            row.state.clone(),
            distance(row.last_event_at, now),
            number(&row.source, |total| total.events_last_hour),
            number(&row.source, |total| total.quarantined_last_hour),
        ]
    };
    table(columns, rows.iter().map(row))
}
