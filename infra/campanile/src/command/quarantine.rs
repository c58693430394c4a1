//! `campanile quarantine`: what was not understood, why, and once more.

use clap::{Args, Subcommand};
use comfy_table::Table;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::action::{Action, ActionArgs};
use super::detail_view::DetailView;
use super::id_prefix::IdPrefix;
use super::list_args::ListArgs;
use super::lookup::QUARANTINE;
use super::replay::describe;
use super::request::{Body, RequestHead};
use super::server::Server;
use super::table::{Column, distance, table, written};
use super::terminal_text::sanitize_json_for_terminal;
use super::{Outcome, say};

/// List, show, read again or delete what was not understood
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Quarantine {
    #[command(subcommand)]
    action: Option<Subcommands>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    List(List),
    Show(Show),
    /// Read requests once more, and forget those that are understood now
    Replay(Chosen),
    /// Delete requests; they are lost
    Delete(Chosen),
}

/// List requests that were not understood, newest first
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    reading: ListArgs,
}

/// Show a request whole, and why it was not understood
#[derive(Debug, Args)]
struct Show {
    /// Its id, or a prefix of it
    #[arg(value_parser = IdPrefix::of_uuid)]
    id: IdPrefix,
    /// The API's JSON, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// Which requests
#[derive(Debug, Args)]
struct Chosen {
    /// Their ids, or prefixes of them
    #[arg(required = true, value_name = "ID", value_parser = IdPrefix::of_uuid)]
    ids: Vec<IdPrefix>,
    #[command(flatten)]
    doing: ActionArgs,
}

/// A request as it is shown.
#[derive(Deserialize)]
struct Entry {
    id: String,
    source: String,
    reason: String,
    message: String,
    received_at: Timestamp,
    #[serde(flatten)]
    request: RequestHead,
    /// None in a list.
    body: Option<Body>,
}

impl Quarantine {
    pub(super) async fn run(self) -> Outcome {
        match self.action.unwrap_or(Subcommands::List(self.list)) {
            Subcommands::List(list) => list.run().await,
            Subcommands::Show(show) => show.run().await,
            Subcommands::Replay(chosen) => {
                chosen.undergo(&Action::post("/replay", json!({}), describe)).await
            }
            Subcommands::Delete(chosen) => {
                chosen.undergo(&Action::delete(|id, _| Ok(format!("{id} is deleted")))).await
            }
        }
    }
}

impl List {
    async fn run(self) -> Outcome {
        let nothing = "everything was understood";
        self.reading.show(("/v1/quarantine", "quarantine"), &[], nothing, shown).await.map(drop)
    }
}

impl Show {
    async fn run(self) -> Outcome {
        let ids = self.server.meant(std::slice::from_ref(&self.id), QUARANTINE).await?;
        let answer = self.server.get(&format!("/v1/quarantine/{}", ids.concat()), &[]).await;
        let answer = answer.map_err(|error| QUARANTINE.explain(error))?;
        if self.json {
            say(sanitize_json_for_terminal(answer.text()));
        } else {
            let entry: Entry = answer.read()?;
            let body = entry.body.as_ref().map(|body| entry.request.describe(body));
            say(format!("{}\n\n{}", entry.view(), body.unwrap_or_default()));
        }
        Ok(())
    }
}

impl Chosen {
    async fn undergo(&self, action: &Action) -> Outcome {
        self.doing.to_each(&self.ids, QUARANTINE, action).await
    }
}

impl Entry {
    fn view(&self) -> DetailView {
        let mut view = DetailView::titled(&format!("{}: {}", self.reason, self.message));
        view.field("id", &self.id);
        view.field("source", &self.source);
        view.field("received", &written(self.received_at));
        view
    }
}

fn shown(entries: &[Entry], now: Timestamp) -> Table {
    let columns = [
        Column::TimedId("REQUEST"),
        Column::Fixed("WHEN"),
        Column::Fixed("SOURCE"),
        Column::Fixed("REASON"),
        Column::Broken("MESSAGE"),
    ];
    let row = |entry: &Entry| {
        [
            entry.id.clone(),
            distance(entry.received_at, now),
            entry.source.clone(),
            entry.reason.clone(),
            entry.message.clone(),
        ]
    };
    table(columns, entries.iter().map(row))
}
