//! `campanile alert`: one alert, what became of it, and what brought it.

mod explain;

use std::collections::BTreeMap;

use alert::Clock as _;
use alert::matcher::{Matcher, Operator};
use aws::SystemClock;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Deserialize;

use self::explain::Explain;
use super::alerts::Row;
use super::detail_view::DetailView;
use super::events::{Event, history, print_requests};
use super::id_prefix::IdPrefix;
use super::lookup::ALERTS;
use super::output_format::OutputFormat;
use super::page::{Listing, Part};
use super::server::{Answer, Server, ServerError};
use super::table::{Column, distance, name, table, written};
use super::terminal_text::sanitize_lines_for_terminal;
use super::{Outcome, remark, say};

/// Show one alert, its history and what people wrote about it
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Alert {
    #[command(subcommand)]
    action: Option<Subcommands>,
    /// Its fingerprint, or a prefix of it
    #[arg(required = true, value_parser = IdPrefix::of_hash)]
    fingerprint: Option<IdPrefix>,
    #[command(flatten)]
    show: Show,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    Explain(Explain),
}

/// How much of an alert is shown
#[derive(Debug, Args)]
struct Show {
    /// With the requests that brought its events, bodies included
    #[arg(long)]
    raw: bool,
    /// How many events at most, newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    #[command(flatten)]
    form: OutputFormat,
    #[command(flatten)]
    server: Server,
}

/// An alert as it is shown.
#[derive(Deserialize)]
struct Shown {
    #[serde(flatten)]
    row: Row,
    account: String,
    severity_raw: String,
    summary: Option<String>,
    resource: Option<String>,
    service: Option<String>,
    url: Option<String>,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    occurrences: u64,
    duplicates: u64,
    flaps: u64,
    acknowledgement: Option<Acknowledgement>,
    silenced_by: Vec<String>,
}

#[derive(Deserialize)]
struct Acknowledgement {
    by: String,
    note: Option<String>,
    at: Timestamp,
}

/// What somebody did or wrote.
#[derive(Deserialize)]
struct Note {
    by: String,
    action: String,
    text: String,
    at: Timestamp,
}

impl Alert {
    pub(super) async fn run(self) -> Outcome {
        match self.action {
            Some(Subcommands::Explain(explain)) => explain.run().await,
            None => self.show.run(self.fingerprint.as_slice()).await,
        }
    }
}

impl Show {
    /// Shows the one that is meant.
    async fn run(self, fingerprint: &[IdPrefix]) -> Outcome {
        let fingerprints = self.server.meant(fingerprint, ALERTS).await?;
        let path = format!("/v1/alerts/{}", fingerprints.concat());

        let alert = self.server.get(&path, &[]).await.map_err(|error| ALERTS.explain(error))?;
        let events = self.events(&path).await?;
        let notes = self.server.get(&format!("{path}/notes"), &[]).await?;
        if self.form.is_json() {
            Self::show_json(&alert, &events, &notes)?;
        } else {
            self.show(&alert, &events, &notes)?;
        }
        if events.next_cursor.is_some() {
            remark("there are older events: raise --limit");
        }
        Ok(())
    }

    async fn events(&self, path: &str) -> Result<Listing, ServerError> {
        let query = [("raw", self.raw.to_string())];
        self.server.list(&format!("{path}/events"), "events", &query, &Part::first(self.limit)).await
    }

    /// The three answers as members of one object, each as it came.
    fn show_json(alert: &Answer, events: &Listing, notes: &Answer) -> Outcome {
        let [alert, events, notes] = [alert.text(), &events.json()?, notes.text()];
        OutputFormat::show_json(&format!(r#"{{"alert":{alert},"history":{events},"notes":{notes}}}"#));
        Ok(())
    }

    fn show(&self, alert: &Answer, events: &Listing, notes: &Answer) -> Outcome {
        let now = SystemClock.now();
        say(alert.read::<Shown>()?.view(now));
        let notes: Vec<Note> = notes.member("notes")?;
        if !notes.is_empty() {
            say("");
            self.form.show_table(notes_table(&notes, now));
        }
        let events: Vec<Event> = events.rows()?;
        say("");
        self.form.show_table(history(&events, now));
        print_requests(&events);
        Ok(())
    }
}

impl Shown {
    fn view(&self, now: Timestamp) -> DetailView {
        let mut view = DetailView::titled(&self.row.title);
        if let Some(summary) = self.summary.as_ref().filter(|summary| **summary != self.row.title) {
            view.text(&sanitize_lines_for_terminal(summary));
        }
        view.field("fingerprint", &self.row.fingerprint);
        view.field("severity", &self.severity());
        view.field("condition", &since(&self.row.condition, self.row.condition_since, now));
        view.field("handling", &self.handling(now));
        view.field("silences", &self.silenced_by.join(", "));
        view.field("inhibited by", &self.row.inhibited_by.join(", "));
        view.field("source", [self.row.source.as_str(), &self.account()].join(" ").trim_end());
        for (field, text) in [
            ("resource", &self.resource),
            ("service", &self.service),
            ("value", &self.row.value),
            ("link", &self.url),
        ] {
            view.field(field, text.as_deref().unwrap_or_default());
        }
        for (field, time) in [("started", self.started_at), ("ended", self.ended_at)] {
            view.field(field, &time.map(written).unwrap_or_default());
        }
        view.field("counted", &self.counts());
        view.fields("labels", self.labels.iter().filter_map(as_matcher));
        view.fields("annotations", self.annotations.iter().filter_map(as_matcher));
        view
    }

    /// The account by its name, where that is known, and the id behind it.
    fn account(&self) -> String {
        match self.annotations.get(alert::ACCOUNT_NAME).filter(|name| **name != self.account) {
            Some(name) => format!("{name} ({})", self.account),
            None => self.account.clone(),
        }
    }

    fn severity(&self) -> String {
        let Row { severity, .. } = &self.row;
        if self.severity_raw.is_empty() || severity.eq_ignore_ascii_case(&self.severity_raw) {
            severity.clone()
        } else {
            format!("{severity} ({})", self.severity_raw)
        }
    }

    fn handling(&self, now: Timestamp) -> String {
        let Some(Acknowledgement { by, note, at }) = &self.acknowledgement else {
            let is_said = self.row.condition == "firing" || self.row.handling != "open";
            return if is_said { self.row.handling.clone() } else { String::new() };
        };
        let taken = since(&format!("{}, taken by {by}", self.row.handling), *at, now);
        note.as_ref().map_or_else(|| taken.clone(), |note| format!("{taken}: {note}"))
    }

    fn counts(&self) -> String {
        let Self { occurrences, duplicates, flaps, .. } = self;
        format!("occurrences {occurrences}, duplicates {duplicates}, flaps {flaps}")
    }
}

/// `word` with the time from which on it holds.
fn since(word: &str, at: Timestamp, now: Timestamp) -> String {
    format!("{word} since {} ({})", written(at), distance(at, now))
}

/// A label as the matcher that it satisfies, to be copied.
fn as_matcher((name, value): (&String, &String)) -> Option<String> {
    Matcher::new(name, Operator::Equal, value).ok().map(|matcher| matcher.to_string())
}

fn notes_table(notes: &[Note], now: Timestamp) -> comfy_table::Table {
    let columns = [Column::Fixed("WHEN"), Column::Fixed("WHO"), Column::Fixed("DID"), Column::Broken("NOTE")];
    let row = |note: &Note| [distance(note.at, now), name(&note.by), note.action.clone(), note.text.clone()];
    table(columns, notes.iter().map(row))
}
