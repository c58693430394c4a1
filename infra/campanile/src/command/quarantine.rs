//! `campanile quarantine`: what was not understood, why, and once more.

use aws::SystemClock;
use clap::{Args, Subcommand};
use comfy_table::Table;
use intake::Clock as _;
use jiff::Timestamp;
use serde::Deserialize;

use super::beginning::Beginning;
use super::delivery::{Body, RequestHead};
use super::form::Form;
use super::lookup::QUARANTINE;
use super::page::Part;
use super::plain::plain_json;
use super::replay::told;
use super::server::Server;
use super::several::each;
use super::sheet::Sheet;
use super::table::{Column, digits, distance, short, table, written};
use super::{Outcome, say};

/// How much of an id is shown: it begins with the time, so that less would not tell it from others of that time.
const DIGITS: usize = 18;

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
    part: Part,
    #[command(flatten)]
    form: Form,
    #[command(flatten)]
    server: Server,
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
    /// The API's JSON instead of a line for each delivery, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
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
    body: Body,
}

impl Quarantine {
    pub(super) async fn run(self) -> Outcome {
        match self.action.unwrap_or(Action::List(self.list)) {
            Action::List(list) => list.run().await,
            Action::Show(show) => show.run().await,
            Action::Replay(chosen) => chosen.replay().await,
            Action::Delete(chosen) => chosen.delete().await,
        }
    }
}

impl List {
    async fn run(self) -> Outcome {
        let listing = self.server.list("/v1/quarantine", "quarantine", &[], &self.part).await?;
        let now = SystemClock.now();
        self.form.show_list(&listing, "everything was understood", |entries: &[Entry]| shown(entries, now))
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
            say(format!("{}\n\n{}", entry.sheet(), entry.request.told(&entry.body)));
        }
        Ok(())
    }
}

impl Chosen {
    async fn replay(self) -> Outcome {
        let ids = self.server.meant(&self.ids, QUARANTINE).await?;
        each(&ids, async |id| {
            let path = format!("/v1/quarantine/{id}/replay");
            let answer = self.server.post(&path, &serde_json::json!({})).await;
            let answer = answer.map_err(|error| QUARANTINE.explain(error))?;
            say(if self.json { plain_json(answer.text()) } else { told(id, &answer)? });
            Ok(())
        })
        .await
    }

    async fn delete(self) -> Outcome {
        let ids = self.server.meant(&self.ids, QUARANTINE).await?;
        each(&ids, async |id| {
            let answer = self.server.delete(&format!("/v1/quarantine/{id}")).await;
            answer.map_err(|error| QUARANTINE.explain(error))?;
            if !self.json {
                say(format!("{id} is deleted"));
            }
            Ok(())
        })
        .await
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
        Column::Fixed("DELIVERY"),
        Column::Fixed("WHEN"),
        Column::Fixed("SOURCE"),
        Column::Fixed("REASON"),
        Column::Broken("MESSAGE"),
    ];
    let digits = DIGITS.max(digits(entries.iter().map(|entry| entry.id.as_str())));
    let row = |entry: &Entry| {
        [
            short(&entry.id, digits),
            distance(entry.received_at, now),
            entry.source.clone(),
            entry.reason.clone(),
            entry.message.clone(),
        ]
    };
    table(columns, entries.iter().map(row))
}
