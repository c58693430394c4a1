//! `campanile counts`: how much fires.

use std::collections::BTreeMap;

use alert::{Severity, Source};
use clap::Args;
use serde::Deserialize;

use super::detail_view::DetailView;
use super::server::Server;
use super::terminal_text::sanitize_json_for_terminal;
use super::{Outcome, say};

/// Say how many alerts fire, and how many of them somebody or something takes care of
#[derive(Debug, Args)]
pub(super) struct Counts {
    /// The API's JSON instead of text, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// What the API says.
#[derive(Deserialize)]
struct Answer {
    firing: u64,
    acknowledged: u64,
    silenced: u64,
    by_severity: BTreeMap<String, u64>,
    by_source: BTreeMap<String, u64>,
}

impl Counts {
    pub(super) async fn run(self) -> Outcome {
        let answer = self.server.get("/v1/counts", &[]).await?;
        let counts: Answer = answer.read()?;
        if self.json {
            say(sanitize_json_for_terminal(answer.text()));
        } else {
            say(counts.view());
        }
        Ok(())
    }
}

impl Answer {
    fn view(&self) -> DetailView {
        if self.firing == 0 {
            return DetailView::titled("nothing is open");
        }
        let Self { firing, acknowledged, silenced, .. } = self;
        let open = firing.saturating_sub(acknowledged + silenced);
        let mut view = DetailView::titled(&format!(
            "{firing} firing: {open} open, {acknowledged} acknowledged, {silenced} silenced"
        ));
        let severities = Severity::ALL.iter().rev().map(|severity| severity.as_str());
        view.field("severity", &summed_up(&self.by_severity, severities));
        view.field("source", &summed_up(&self.by_source, Source::ALL.iter().map(|source| source.as_str())));
        view
    }
}

/// The numbers that are none, in the order of `known`, then those that this version does not know.
fn summed_up<'a>(numbers: &BTreeMap<String, u64>, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.collect();
    let others = numbers.keys().map(String::as_str).filter(|name| !known.contains(name));
    let shown = known.iter().copied().chain(others);
    let shown = shown.filter_map(|name| Some((name, *numbers.get(name)?))).filter(|(_, number)| *number > 0);
    shown.map(|(name, number)| format!("{number} {name}")).collect::<Vec<_>>().join(", ")
}
