//! `campanile deliveries`: what destinations were told, and what they are still to be told.

use clap::{Args, Subcommand};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use serde_json::Value;

use super::server::{Server, ServerError};
use super::{Outcome, say};

/// List what destinations were told and are still to be told, or have it told once more
#[derive(Debug, Args)]
pub(super) struct Deliveries {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only `waiting`, `sent`, `failed` or `dead` ones; several with commas
    #[arg(long)]
    state: Option<String>,
    /// Only those to this destination
    #[arg(long, value_name = "ID")]
    destination: Option<String>,
    /// Only those of this alert
    #[arg(long)]
    fingerprint: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 100)]
    limit: u16,
    /// JSON instead of a table, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a delivery due now, whatever became of it, and resume its destination
    Retry {
        /// The delivery's id, as the list shows it
        id: String,
        #[command(flatten)]
        server: Server,
    },
}

impl Deliveries {
    pub(super) async fn run(self) -> Outcome {
        if let Some(Action::Retry { id, server }) = &self.action {
            let delivery = server.post(&format!("/v1/deliveries/{id}/retry")).await?;
            say(format!("{} is due now", delivery["id"].as_str().unwrap_or(id)));
            return Ok(());
        }
        let deliveries = self.read().await?;
        if self.json {
            say(serde_json::to_string_pretty(&deliveries)?);
        } else if deliveries.is_empty() {
            say("nothing was told to anybody");
        } else {
            say(table(&deliveries));
        }
        Ok(())
    }

    async fn read(&self) -> Result<Vec<Value>, ServerError> {
        let limit = self.limit.to_string();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (state, destination, fingerprint) =
            (text(&self.state), text(&self.destination), text(&self.fingerprint));
        let query = [
            ("state", state.as_str()),
            ("destination", &destination),
            ("fingerprint", &fingerprint),
            ("limit", &limit),
        ];
        let mut page = self.server.get("/v1/deliveries", &query).await?;
        Ok(match page["deliveries"].take() {
            Value::Array(deliveries) => deliveries,
            _ => Vec::new(),
        })
    }
}

fn table(deliveries: &[Value]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["STATE", "DESTINATION", "WHAT", "TITLE", "ATTEMPTS", "NEXT ATTEMPT", "REASON", "ID"]);
    for delivery in deliveries {
        let text = |name: &str| printable(delivery[name].as_str().unwrap_or_default());
        table.add_row([
            text("state"),
            text("destination"),
            text("transition"),
            text("title"),
            delivery["attempts"].to_string(),
            text("next_attempt_at"),
            text("reason"),
            text("id"),
        ]);
    }
    table
}

/// `text` without what a terminal would obey; some of it came from outside.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
