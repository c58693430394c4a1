//! `campanile events`: what sources said, of alerts and of what is none.

use alert::{Signal, Source};
use clap::Args;
use comfy_table::Table;
use jiff::Timestamp;
use serde::Deserialize;

use super::list_args::{ListArgs, parameters};
use super::request::{Body, RequestHead};
use super::table::{Column, distance, table};
use super::word::word_of;
use super::{Outcome, say};

/// List events, newest first, notices included
#[derive(Debug, Args)]
pub(super) struct Events {
    /// Only events of these sources
    #[arg(long, value_parser = word_of(Source::ALL, Source::as_str), value_delimiter = ',')]
    source: Vec<String>,
    /// Only events that say one of these
    #[arg(long, value_parser = word_of(Signal::ALL, Signal::as_str), value_delimiter = ',')]
    signal: Vec<String>,
    /// With the requests that brought them, bodies included
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    reading: ListArgs,
}

/// An event as tables show it.
#[derive(Deserialize)]
pub(super) struct Event {
    #[serde(rename = "event_id")]
    id: String,
    fingerprint: String,
    source: String,
    signal: String,
    transition: Option<String>,
    severity: String,
    title: String,
    occurred_at: Timestamp,
    raw: Option<Body>,
    request: Option<RequestHead>,
}

impl Events {
    pub(super) async fn run(self) -> Outcome {
        let words = [("source", &self.source), ("signal", &self.signal)];
        let words = words.into_iter().flat_map(|(name, words)| parameters(name, words));
        let query: Vec<_> = words.chain([("raw", self.raw.to_string())]).collect();
        let listing = self.reading.show(("/v1/events", "events"), &query, "nothing was said", listed).await?;
        if self.raw && !self.reading.form.is_json() {
            print_requests(&listing.rows()?);
        }
        Ok(())
    }
}

impl Event {
    /// What it changed, or what it said where it changed nothing.
    fn what(&self) -> &str {
        self.transition.as_deref().unwrap_or(&self.signal)
    }
}

/// The history of one alert.
pub(super) fn history(events: &[Event], now: Timestamp) -> Table {
    let columns = [
        Column::Id("EVENT"),
        Column::Fixed("WHEN"),
        Column::Fixed("WHAT"),
        Column::Fixed("SEVERITY"),
        Column::Broken("TITLE"),
    ];
    let row = |event: &Event| {
        [
            event.id.clone(),
            distance(event.occurred_at, now),
            event.what().to_owned(),
            event.severity.clone(),
            event.title.clone(),
        ]
    };
    table(columns, events.iter().map(row))
}

fn listed(events: &[Event], now: Timestamp) -> Table {
    let columns = [
        Column::Id("EVENT"),
        Column::Id("ALERT"),
        Column::Fixed("WHEN"),
        Column::Fixed("WHAT"),
        Column::Fixed("SEVERITY"),
        Column::Fixed("SOURCE"),
        Column::Broken("TITLE"),
    ];
    let row = |event: &Event| {
        [
            event.id.clone(),
            event.fingerprint.clone(),
            distance(event.occurred_at, now),
            event.what().to_owned(),
            event.severity.clone(),
            event.source.clone(),
            event.title.clone(),
        ]
    };
    table(columns, events.iter().map(row))
}

/// Says by which request each of `events` came, where that was asked for.
pub(super) fn print_requests(events: &[Event]) {
    for event in events {
        if let (Some(request), Some(body)) = (&event.request, &event.raw) {
            say(format!("\nevent {}\n{}", event.id, request.describe(body)));
        }
    }
}
