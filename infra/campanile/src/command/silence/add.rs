//! `campanile silence add`.

use alert::matcher::Matcher;
use alert::recurrence::Recurrence;
use clap::Args;
use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::super::moment::{Length, time};
use super::super::page::{Listing, Part};
use super::super::server::{Server, ServerError};
use super::super::table::written;
use super::super::terminal_text::sanitize_json_for_terminal;
use super::super::who::Who;
use super::super::{Outcome, remark, say};
use super::Occurrence;

/// Silence alerts; prints the silence's id
#[derive(Debug, Args)]
pub(super) struct Add {
    /// What the labels of an alert must satisfy, all of it, such as `source=netdata`, `severity=~"high|critical"`
    #[arg(required = true, value_name = "MATCHER")]
    matchers: Vec<Matcher>,
    #[command(flatten)]
    end: End,
    /// From when; now unless given
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Timestamp>,
    /// Again and again by this part of iCalendar's RRULE, such as `FREQ=WEEKLY;BYDAY=SU`; start and end are those of the
    /// first time
    #[arg(long, value_name = "RRULE")]
    every: Option<Recurrence>,
    /// The time zone whose wall clock it recurs by, such as `Europe/Berlin`; UTC unless given
    #[arg(long, value_name = "ZONE", requires = "every")]
    zone: Option<String>,
    /// Why, for whoever wonders
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    who: Who,
    /// The API's JSON instead of the id, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// When it ends
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct End {
    /// For how long, such as `2h`
    #[arg(long = "for", value_name = "LENGTH", allow_hyphen_values = true)]
    length: Option<Length>,
    /// Until when, such as `2026-11-21T23:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Timestamp>,
}

/// A silence that was made.
#[derive(Deserialize)]
struct Made {
    id: String,
    state: String,
    ends_at: Timestamp,
    occurrence: Option<Occurrence>,
}

impl Made {
    fn until(&self) -> String {
        match &self.occurrence {
            None => format!("until {}", written(self.ends_at)),
            Some(Occurrence { starts_at, ends_at }) => {
                format!("from {} until {}, and again", written(*starts_at), written(*ends_at))
            }
        }
    }
}

impl Add {
    pub(super) async fn run(self) -> Outcome {
        let silence = json!({
            "matchers": self.matchers,
            "starts_at": self.from,
            "ends_at": self.end.until,
            "duration_secs": self.end.length.map(Length::as_secs),
            "recurrence": self.every,
            "time_zone": self.zone,
            "created_by": self.who.name(),
            "comment": self.why,
        });
        let answer = self.server.act(Method::POST, "/v1/silences", &silence).await?;
        if self.json {
            say(sanitize_json_for_terminal(answer.text()));
            return Ok(());
        }
        let made: Made = answer.read()?;
        say(&made.id);
        let reach = self.reach().await.map_or_else(|_| "not known".to_owned(), |covered| covered.to_string());
        let until = made.until();
        remark(format!("{} {until}; firing alerts that match: {reach}", made.state));
        Ok(())
    }

    /// How many alerts it is about: where a matcher has a slip, none.
    async fn reach(&self) -> Result<usize, ServerError> {
        let matchers = self.matchers.iter().map(|matcher| ("filter", matcher.to_string()));
        let query: Vec<_> = matchers.chain([("condition", "firing".to_owned())]).collect();
        let alerts: Listing = self.server.list("/v1/alerts", "alerts", &query, &Part::first(1000)).await?;
        Ok(alerts.items.len())
    }
}
