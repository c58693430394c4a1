//! `campanile quarantine`: what was not understood, why, and once more.

use clap::{Args, Subcommand};
use comfy_table::Table;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::beginning::Beginning;
use super::deed::{Deed, Doing};
use super::delivery::{Body, RequestHead};
use super::lookup::QUARANTINE;
use super::plain::plain_json;
use super::reading::Reading;
use super::replay::told;
use super::server::Server;
use super::sheet::Sheet;
use super::table::{Column, distance, table, written};
use super::{Outcome, say};

/// List, show, read again or delete what was not understood
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Quarantine {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(List),
    Show(Show),
    /// Read deliveries once more, and forget those that are understood now
    Replay(Chosen),
    /// Delete deliveries; they are lost
    Delete(Chosen),
}

/// List deliveries that were not understood, newest first
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    reading: Reading,
}

/// Show a delivery whole, and why it was not understood
#[derive(Debug, Args)]
struct Show {
    /// Its id, or enough of its beginning
    #[arg(value_parser = Beginning::of_uuid)]
    id: Beginning,
    /// The API's JSON, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// Which deliveries
#[derive(Debug, Args)]
struct Chosen {
    /// Their ids, or enough of their beginnings
    #[arg(required = true, value_name = "ID", value_parser = Beginning::of_uuid)]
    ids: Vec<Beginning>,
    #[command(flatten)]
    doing: Doing,
}

/// A delivery as it is shown.
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
        match self.action.unwrap_or(Action::List(self.list)) {
            Action::List(list) => list.run().await,
            Action::Show(show) => show.run().await,
            Action::Replay(chosen) => chosen.undergo(&Deed::post("/replay", json!({}), told)).await,
            Action::Delete(chosen) => {
                chosen.undergo(&Deed::delete(|id, _| Ok(format!("{id} is deleted")))).await
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
            say(plain_json(answer.text()));
        } else {
            let entry: Entry = answer.read()?;
            let body = entry.body.as_ref().map(|body| entry.request.told(body));
            say(format!("{}\n\n{}", entry.sheet(), body.unwrap_or_default()));
        }
        Ok(())
    }
}

impl Chosen {
    async fn undergo(&self, deed: &Deed) -> Outcome {
        self.doing.to_each(&self.ids, QUARANTINE, deed).await
    }
}

impl Entry {
    fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::titled(&format!("{}: {}", self.reason, self.message));
        sheet.field("id", &self.id);
        sheet.field("source", &self.source);
        sheet.field("received", &written(self.received_at));
        sheet
    }
}

fn shown(entries: &[Entry], now: Timestamp) -> Table {
    let columns = [
        Column::TimedId("DELIVERY"),
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
