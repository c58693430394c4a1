//! `campanile silence`: for which alerts nobody is notified, from when to when, and why.

mod add;

use alert::matcher::Matcher;
use alert::{Clock as _, SilenceState};
use aws::SystemClock;
use clap::{Args, Subcommand};
use comfy_table::Table;
use jiff::Timestamp;
use serde::Deserialize;

use self::add::Add;
use super::Outcome;
use super::action::{Action, ActionArgs};
use super::id_prefix::IdPrefix;
use super::list_args::parameters;
use super::lookup::SILENCES;
use super::output_format::OutputFormat;
use super::server::Server;
use super::table::{Column, distance, name, table};
use super::word::word_of;

/// List, add or end silences
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Silence {
    #[command(subcommand)]
    action: Option<Subcommands>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    List(List),
    Add(Box<Add>),
    End(End),
}

/// List silences that are or will be, newest first
#[derive(Debug, Args)]
struct List {
    /// Silences that are over, too
    #[arg(long)]
    all: bool,
    /// Only silences in one of these states
    #[arg(long, value_parser = word_of(SilenceState::ALL, SilenceState::as_str), value_delimiter = ',', conflicts_with = "all")]
    state: Vec<String>,
    #[command(flatten)]
    form: OutputFormat,
    #[command(flatten)]
    server: Server,
}

/// End silences now
#[derive(Debug, Args)]
struct End {
    /// Their ids, or prefixes of them
    #[arg(required = true, value_name = "ID", value_parser = IdPrefix::of_uuid)]
    ids: Vec<IdPrefix>,
    #[command(flatten)]
    doing: ActionArgs,
}

/// A silence as the table shows it.
#[derive(Deserialize)]
struct Row {
    id: String,
    state: String,
    matchers: Vec<Matcher>,
    starts_at: Timestamp,
    ends_at: Timestamp,
    recurrence: Option<String>,
    time_zone: Option<String>,
    /// Of one that recurs: the present or next.
    occurrence: Option<Occurrence>,
    created_by: String,
    comment: String,
}

/// From when to when a silence that recurs covers.
#[derive(Deserialize)]
struct Occurrence {
    starts_at: Timestamp,
    ends_at: Timestamp,
}

impl Silence {
    pub(super) async fn run(self) -> Outcome {
        match self.action.unwrap_or(Subcommands::List(self.list)) {
            Subcommands::List(list) => list.run().await,
            Subcommands::Add(add) => add.run().await,
            Subcommands::End(end) => end.run().await,
        }
    }
}

impl List {
    async fn run(self) -> Outcome {
        let usual = [SilenceState::Active, SilenceState::Pending].map(|state| state.to_string());
        let states = if self.all || !self.state.is_empty() { &self.state[..] } else { &usual };
        let query: Vec<_> = parameters("state", states).collect();
        let answer = self.server.get("/v1/silences", &query).await?;
        if self.form.is_json() {
            OutputFormat::show_json(answer.text());
            return Ok(());
        }
        let now = SystemClock.now();
        self.form.show_rows(&answer.member::<Vec<Row>>("silences")?, "nothing is silenced", |rows| {
            shown(rows, now)
        });
        Ok(())
    }
}

impl Row {
    /// From when to when it covers; of one that recurs now or next.
    fn span(&self) -> (Timestamp, Timestamp) {
        self.occurrence.as_ref().map_or((self.starts_at, self.ends_at), |next| (next.starts_at, next.ends_at))
    }

    /// The comment, and by which rule it recurs.
    fn why(&self) -> String {
        let Self { comment, recurrence, time_zone, .. } = self;
        let Some(rule) = recurrence else { return comment.clone() };
        format!("{comment} (every {rule}, {})", time_zone.as_deref().unwrap_or("UTC"))
    }
}

impl End {
    async fn run(self) -> Outcome {
        let action = Action::delete(|id, _| Ok(format!("{id} is over")));
        self.doing.to_each(&self.ids, SILENCES, &action).await
    }
}

fn shown(rows: &[Row], now: Timestamp) -> Table {
    let columns = [
        Column::Id("SILENCE"),
        Column::Fixed("STATE"),
        Column::Fixed("STARTS"),
        Column::Fixed("ENDS"),
        Column::Fixed("WHO"),
        Column::Broken("MATCHERS"),
        Column::Broken("WHY"),
    ];
    let row = |row: &Row| {
        let matchers = row.matchers.iter().map(ToString::to_string);
        let (starts_at, ends_at) = row.span();
        [
            row.id.clone(),
            row.state.clone(),
            distance(starts_at, now),
            distance(ends_at, now),
            name(&row.created_by),
            matchers.collect::<Vec<_>>().join(" "),
            row.why(),
        ]
    };
    table(columns, rows.iter().map(row))
}
