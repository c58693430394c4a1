//! `campanile ack`, `resolve` and `note`: what people do with alerts.

use clap::Args;
use serde_json::Value;

use super::Outcome;
use super::action::{Action, ActionArgs};
use super::alerts::Row;
use super::id_prefix::IdPrefix;
use super::lookup::ALERTS;
use super::server::{Answer, ServerError};
use super::table::alone;
use super::terminal_text::sanitize_for_terminal;
use super::who::Who;

/// Acknowledge alerts; ends by itself when they end or become worse
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
    /// Fingerprints, or prefixes of them
    #[arg(required = true, value_name = "FINGERPRINT", value_parser = IdPrefix::of_hash)]
    fingerprints: Vec<IdPrefix>,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    doing: ActionArgs,
}

impl Ack {
    pub(super) async fn run(self) -> Outcome {
        let action = if self.undo { "/unacknowledge" } else { "/acknowledge" };
        self.act.run(action, ("note", self.note.as_deref()), state).await
    }
}

impl Resolve {
    pub(super) async fn run(self) -> Outcome {
        self.act.run("/resolve", ("note", self.note.as_deref()), state).await
    }
}

impl Note {
    pub(super) async fn run(self) -> Outcome {
        let told = |fingerprint: &str, _: &Answer| Ok(format!("{} has the note", alone(fingerprint)));
        self.act.run("/notes", ("text", Some(&self.note)), told).await
    }
}

impl Act {
    /// Does `action` to each alert, with the text that `said` names.
    async fn run(
        &self,
        action: &'static str,
        said: (&str, Option<&str>),
        told: fn(&str, &Answer) -> Result<String, ServerError>,
    ) -> Outcome {
        let members = [said, ("by", self.who.name())].into_iter();
        let members = members.filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
        let action = Action::post(action, Value::Object(members.collect()), told);
        self.doing.to_each(&self.fingerprints, ALERTS, &action).await
    }
}

/// What an alert is after something was done with it.
fn state(fingerprint: &str, answer: &Answer) -> Result<String, ServerError> {
    let alert: Row = answer.read()?;
    Ok(format!("{} is {}: {}", alone(fingerprint), alert.state(), sanitize_for_terminal(&alert.title)))
}
