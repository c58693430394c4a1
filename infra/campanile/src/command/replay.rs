//! `campanile replay`: what an event was read from, read once more.

use clap::Args;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::id_prefix::{FindError, IdPrefix};
use super::lookup::{ALERTS, MOST};
use super::page::{Listing, Part};
use super::server::{Answer, Server, ServerError};
use super::terminal_text::sanitize_json_for_terminal;
use super::{Outcome, say};

/// Read the request that brought an event once more, after Campanile has learned to read it better
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// The event's id, or a prefix of it, as `campanile events` and `campanile alert` show it
    #[arg(value_parser = IdPrefix::of_hash)]
    event: IdPrefix,
    /// Fingerprint of the event's alert: the event is looked for there, however old it is
    #[arg(long, value_name = "FINGERPRINT", value_parser = IdPrefix::of_hash)]
    alert: Option<IdPrefix>,
    /// The API's JSON, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// Which event, of which alert.
#[derive(Debug, Clone, Deserialize)]
struct Meant {
    fingerprint: String,
    event_id: String,
}

/// What came of it.
#[derive(Deserialize)]
struct Replayed {
    recorded: u64,
    duplicates: u64,
}

impl Replay {
    pub(super) async fn run(self) -> Outcome {
        let Meant { fingerprint, event_id } = self.meant().await?;
        let path = format!("/v1/alerts/{fingerprint}/events/{event_id}/replay");
        let answer = self.server.act(Method::POST, &path, &json!({})).await;
        let answer = answer.map_err(|error| error.listed_by("campanile events"))?;
        say(if self.json {
            sanitize_json_for_terminal(answer.text())
        } else {
            describe(&event_id, &answer)?
        });
        Ok(())
    }

    async fn meant(&self) -> Outcome<Meant> {
        let (path, command) = match &self.alert {
            None => ("/v1/events".to_owned(), "campanile events"),
            Some(alert) => {
                let fingerprint = self.server.meant(std::slice::from_ref(alert), ALERTS).await?.concat();
                if let Some(event_id) = self.event.whole() {
                    return Ok(Meant { fingerprint, event_id });
                }
                (format!("/v1/alerts/{fingerprint}/events"), "campanile alert FINGERPRINT")
            }
        };
        let events: Listing<Meant> = self.server.list(&path, "events", &[], &Part::first(MOST)).await?;
        let is_all = events.next_cursor.is_none();
        let event_id = self.event.find(events.items.iter().map(|event| event.event_id.clone()))?;
        let meant = events.items.into_iter().find(|event| Some(&event.event_id) == event_id.as_ref());
        Ok(meant.ok_or_else(|| FindError::unknown("event", &self.event, command, is_all))?)
    }
}

/// What came of reading what is called `id` once more.
pub(super) fn describe(id: &str, answer: &Answer) -> Result<String, ServerError> {
    let Replayed { recorded, duplicates } = answer.read()?;
    Ok(format!("{id} was read: {recorded} recorded, {duplicates} known already"))
}
