//! `campanile statistics`: what was noisy, and how long it took.

use std::collections::BTreeMap;

use alert::{Severity, Source};
use clap::Args;
use comfy_table::Table;
use serde::Deserialize;

use super::list_args::parameters;
use super::output_format::OutputFormat;
use super::server::Server;
use super::table::{Column, length, table, table_of};
use super::word::word_of;
use super::{Outcome, say};

/// Say how many alerts there were day by day, which were the noisiest, and how long it took until somebody had them and until they were over
#[derive(Debug, Args)]
pub(super) struct Statistics {
    /// How many days (UTC), today among them
    #[arg(long, value_name = "NUMBER", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=90))]
    days: u32,
    /// Only alerts of these sources
    #[arg(long, value_parser = word_of(Source::ALL, Source::as_str), value_delimiter = ',')]
    source: Vec<String>,
    #[command(flatten)]
    form: OutputFormat,
    #[command(flatten)]
    server: Server,
}

/// What the API says.
#[derive(Deserialize)]
struct Answer {
    from: String,
    to: String,
    days: Vec<CountedDay>,
    noisiest_alerts: Vec<NoisyAlert>,
    noisiest_resources: Vec<NoisyResource>,
    weeks: Vec<TimesOfWeek>,
}

#[derive(Deserialize)]
struct CountedDay {
    day: String,
    opened: u64,
    by_severity: BTreeMap<String, u64>,
    acknowledged: u64,
    resolved: u64,
    expired: u64,
}

#[derive(Deserialize)]
struct NoisyAlert {
    source: String,
    fingerprint: String,
    title: String,
    #[serde(flatten)]
    noise: Noise,
}

#[derive(Deserialize)]
struct NoisyResource {
    source: String,
    resource: String,
    #[serde(flatten)]
    noise: Noise,
}

#[derive(Deserialize)]
struct Noise {
    opened: u64,
    at_most: u64,
}

#[derive(Deserialize)]
struct TimesOfWeek {
    week: String,
    source: String,
    acknowledged: u64,
    median_seconds_to_acknowledge: Option<u64>,
    resolved: u64,
    median_seconds_to_resolve: Option<u64>,
}

impl Statistics {
    pub(super) async fn run(self) -> Outcome {
        let mut query = vec![("days", self.days.to_string())];
        query.extend(parameters("source", &self.source));
        let answer = self.server.get("/v1/statistics", &query).await?;
        let statistics: Answer = answer.read()?;
        if self.form.is_json() {
            OutputFormat::show_json(answer.text());
        } else {
            statistics.show(&self.form);
        }
        Ok(())
    }
}

impl Answer {
    fn show(&self, form: &OutputFormat) {
        let Self { from, to, days, .. } = self;
        let eventful: Vec<_> = days.iter().filter(|day| day.is_eventful()).collect();
        if eventful.is_empty() {
            return say(format!("nothing happened from {from} to {to}"));
        }
        let opened: u64 = days.iter().map(|day| day.opened).sum();
        say(format!("{opened} opened from {from} to {to}"));
        show("by day", form, days_table(&eventful, form));
        if !self.noisiest_alerts.is_empty() {
            show("noisiest alerts", form, alerts_table(&self.noisiest_alerts));
        }
        if !self.noisiest_resources.is_empty() {
            show("noisiest resources", form, resources_table(&self.noisiest_resources));
        }
        if !self.weeks.is_empty() {
            show("medians by week and source", form, weeks_table(&self.weeks));
        }
    }
}

fn show(heading: &str, form: &OutputFormat, table: Table) {
    say(format!("\n{heading}"));
    form.show_table(table);
}

impl CountedDay {
    fn is_eventful(&self) -> bool {
        self.opened + self.acknowledged + self.resolved + self.expired > 0
    }
}

impl Noise {
    /// As one number, or as two where a day had more names than are kept.
    fn range(&self) -> String {
        let Self { opened, at_most } = self;
        if opened == at_most { opened.to_string() } else { format!("{opened} to {at_most}") }
    }
}

fn days_table(days: &[&CountedDay], form: &OutputFormat) -> Table {
    let severities = || Severity::ALL.iter().rev().map(|severity| severity.as_str());
    let names = ["DAY", "OPENED"].into_iter().chain(["CRITICAL", "HIGH", "WARNING", "LOW", "INFO"]);
    let columns: Vec<_> = names.chain(["ACKNOWLEDGED", "RESOLVED", "EXPIRED"]).map(Column::Fixed).collect();
    let row = |day: &&CountedDay| {
        let severe = severities().map(|severity| day.by_severity.get(severity).copied().unwrap_or_default());
        let numbers =
            [day.opened].into_iter().chain(severe).chain([day.acknowledged, day.resolved, day.expired]);
        std::iter::once(day.day.clone()).chain(numbers.map(|number| number.to_string())).collect()
    };
    table_of(&columns, days.iter().map(row).collect::<Vec<Vec<_>>>(), form.look())
}

fn alerts_table(alerts: &[NoisyAlert]) -> Table {
    let columns =
        [Column::Fixed("OPENED"), Column::Id("ALERT"), Column::Fixed("SOURCE"), Column::Broken("TITLE")];
    let row = |alert: &NoisyAlert| {
        [alert.noise.range(), alert.fingerprint.clone(), alert.source.clone(), alert.title.clone()]
    };
    table(columns, alerts.iter().map(row))
}

fn resources_table(resources: &[NoisyResource]) -> Table {
    let columns = [Column::Fixed("OPENED"), Column::Fixed("SOURCE"), Column::Broken("RESOURCE")];
    let row = |of: &NoisyResource| [of.noise.range(), of.source.clone(), of.resource.clone()];
    table(columns, resources.iter().map(row))
}

fn weeks_table(weeks: &[TimesOfWeek]) -> Table {
    let columns = [
        Column::Fixed("WEEK FROM"),
        Column::Fixed("SOURCE"),
        Column::Fixed("ACKNOWLEDGED"),
        Column::Fixed("AFTER"),
        Column::Fixed("RESOLVED"),
        Column::Fixed("AFTER"),
    ];
    let after = |seconds: Option<u64>| seconds.map(length).unwrap_or_default();
    let row = |week: &TimesOfWeek| {
        [
            week.week.clone(),
            week.source.clone(),
            week.acknowledged.to_string(),
            after(week.median_seconds_to_acknowledge),
            week.resolved.to_string(),
            after(week.median_seconds_to_resolve),
        ]
    };
    table(columns, weeks.iter().map(row))
}
