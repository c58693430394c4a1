//! `campanile ack`, `resolve` and `note`: what people do with alerts.

use clap::Args;
use serde_json::Value;

use super::alerts::Row;
use super::beginning::Beginning;
use super::lookup::ALERTS;
use super::plain::{plain, plain_json};
use super::server::{Answer, Server, ServerError};
use super::several::each;
use super::table::short;
use super::who::Who;
use super::{Outcome, say};

/// Take alerts, so that others know that somebody takes care; ends by itself when they end or become worse
#[derive(Debug, Args)]
pub(super) struct Ack {
    /// Give them back instead
    #[arg(long)]
    undo: bool,
    /// What there is to say about it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    act: Act,
}

/// End alerts whose source will not say that they are over
#[derive(Debug, Args)]
pub(super) struct Resolve {
    /// What there is to say about it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    act: Act,
}

/// Write something about alerts, for whoever looks at them next
#[derive(Debug, Args)]
pub(super) struct Note {
    /// What there is to say
    #[arg(long, value_name = "TEXT")]
    note: String,
    #[command(flatten)]
    act: Act,
}

/// With which alerts something is done, and by whom
#[derive(Debug, Args)]
struct Act {
    /// Fingerprints, or enough of their beginnings
    #[arg(required = true, value_name = "FINGERPRINT", value_parser = Beginning::of_hash)]
    fingerprints: Vec<Beginning>,
    #[command(flatten)]
    who: Who,
    /// The API's JSON instead of a line for each alert, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

impl Ack {
    pub(super) async fn run(self) -> Outcome {
        let action = if self.undo { "unacknowledge" } else { "acknowledge" };
        self.act.run(action, [("note", self.note.as_deref())], state).await
    }
}

impl Resolve {
    pub(super) async fn run(self) -> Outcome {
        self.act.run("resolve", [("note", self.note.as_deref())], state).await
    }
}

impl Note {
    pub(super) async fn run(self) -> Outcome {
        self.act.run("notes", [("text", Some(&self.note))], |_| Ok("has the note".to_owned())).await
    }
}

impl Act {
    /// Does `action` to each alert, with the words `said`, and tells the `outcome`.
    async fn run<'a>(
        &'a self,
        action: &str,
        said: [(&'a str, Option<&'a str>); 1],
        outcome: fn(&Answer) -> Result<String, ServerError>,
    ) -> Outcome {
        let members = said.into_iter().chain([("by", self.who.name())]);
        let members = members.filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
        let body = Value::Object(members.collect());
        let fingerprints = self.server.meant(&self.fingerprints, ALERTS).await?;
        each(&fingerprints, async |fingerprint| {
            let answer = self.server.post(&format!("/v1/alerts/{fingerprint}/{action}"), &body).await;
            let answer = answer.map_err(|error| ALERTS.explain(error))?;
            if self.json {
                say(plain_json(answer.text()));
            } else {
                say(format!("{} {}", short(fingerprint, 8), outcome(&answer)?));
            }
            Ok(())
        })
        .await
    }
}

/// What an alert is after something was done with it.
fn state(answer: &Answer) -> Result<String, ServerError> {
    let alert: Row = answer.read()?;
    Ok(format!("is {}: {}", alert.state(), plain(&alert.title)))
}
