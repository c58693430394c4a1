//! `campanile ack`, `resolve` and `note`: what people do with alerts.

use alert::matcher::{Matcher, MatcherError};
use clap::Args;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::action::{Action, ActionArgs};
use super::alerts::Row;
use super::id_prefix::{IdPrefix, NotAnIdPrefix};
use super::lookup::{ALERTS, MOST};
use super::page::Part;
use super::server::{Answer, ServerError};
use super::table::alone;
use super::terminal_text::sanitize_for_terminal;
use super::who::Who;
use super::{Outcome, remark, say};

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
    /// Fingerprints or prefixes of them, or matchers such as `instance=db-01`: then all alerts that fire and satisfy each
    /// of these
    #[arg(required = true, value_name = "ALERT|MATCHER", value_parser = Meant::read)]
    meant: Vec<Meant>,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    doing: ActionArgs,
}

/// One alert, or what all that are meant satisfy.
#[derive(Debug, Clone)]
enum Meant {
    One(IdPrefix),
    All(Matcher),
}

/// A text that means no alert.
#[derive(Debug, thiserror::Error)]
enum NoAlert {
    #[error("{0}, or a matcher like instance=db-01")]
    Prefix(NotAnIdPrefix),
    #[error("{0}")]
    Matcher(MatcherError),
}

/// Both fingerprints and matchers were given.
#[derive(Debug, thiserror::Error)]
#[error("give fingerprints or matchers, and not both: whether an alert has to satisfy both is not clear")]
struct Unclear;

/// What keeps an action from having anything to do with an alert.
#[derive(Debug, Clone, Copy)]
enum Among {
    All,
    NotTaken,
    Taken,
}

/// An alert as far as it says whether an action has anything to do with it.
#[derive(Deserialize)]
struct Candidate {
    fingerprint: String,
    acknowledgement: Option<IgnoredAny>,
}

impl Ack {
    pub(super) async fn run(self) -> Outcome {
        let (action, among) =
            if self.undo { ("/unacknowledge", Among::Taken) } else { ("/acknowledge", Among::NotTaken) };
        self.act.run(action, among, ("note", self.note.as_deref()), state).await
    }
}

impl Resolve {
    pub(super) async fn run(self) -> Outcome {
        self.act.run("/resolve", Among::All, ("note", self.note.as_deref()), state).await
    }
}

impl Note {
    pub(super) async fn run(self) -> Outcome {
        let describe = |fingerprint: &str, _: &Answer| Ok(format!("{} has the note", alone(fingerprint)));
        self.act.run("/notes", Among::All, ("text", Some(&self.note)), describe).await
    }
}

impl Act {
    /// Does `action` to each alert, with the text that `said` names.
    async fn run(
        &self,
        action: &'static str,
        among: Among,
        said: (&str, Option<&str>),
        describe: fn(&str, &Answer) -> Result<String, ServerError>,
    ) -> Outcome {
        let members = [said, ("by", self.who.name())].into_iter();
        let members = members.filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
        let action = Action::post(action, Value::Object(members.collect()), describe);
        let (ones, matchers) = self.meant()?;
        if matchers.is_empty() {
            return self.doing.to_each(&ones, ALERTS, &action).await;
        }
        let fingerprints = self.satisfying(&matchers, among).await?;
        if fingerprints.is_empty() {
            say(among.nothing());
            return Ok(());
        }
        self.doing.to_all(&fingerprints, ALERTS, &action).await
    }

    fn meant(&self) -> Result<(Vec<IdPrefix>, Vec<&Matcher>), Unclear> {
        let (mut ones, mut matchers) = (Vec::new(), Vec::new());
        for meant in &self.meant {
            match meant {
                Meant::One(one) => ones.push(one.clone()),
                Meant::All(matcher) => matchers.push(matcher),
            }
        }
        if ones.is_empty() || matchers.is_empty() { Ok((ones, matchers)) } else { Err(Unclear) }
    }

    /// The alerts that fire and satisfy all of `matchers`, as far as there is anything to be done with them.
    async fn satisfying(&self, matchers: &[&Matcher], among: Among) -> Outcome<Vec<String>> {
        let filters = matchers.iter().map(|matcher| ("filter", matcher.to_string()));
        let query: Vec<_> = std::iter::once(("condition", "firing".to_owned())).chain(filters).collect();
        let listing = self.doing.server().list("/v1/alerts", "alerts", &query, &Part::first(MOST)).await?;
        if listing.next_cursor.is_some() {
            remark(format!("only the newest {MOST} are taken: do the same once more for the others"));
        }
        let candidates = listing.items.into_iter().filter(|candidate| among.has(candidate));
        Ok(candidates.map(|candidate| candidate.fingerprint).collect())
    }
}

impl Meant {
    fn read(text: &str) -> Result<Self, NoAlert> {
        if text.contains(['=', '~', '{']) {
            return text.parse().map(Self::All).map_err(NoAlert::Matcher);
        }
        IdPrefix::of_hash(text).map(Self::One).map_err(NoAlert::Prefix)
    }
}

impl Among {
    const fn has(self, candidate: &Candidate) -> bool {
        match self {
            Self::All => true,
            Self::NotTaken => candidate.acknowledgement.is_none(),
            Self::Taken => candidate.acknowledgement.is_some(),
        }
    }

    const fn nothing(self) -> &'static str {
        match self {
            Self::All => "no firing alert matches",
            Self::NotTaken => "no firing alert matches that nobody has acknowledged",
            Self::Taken => "no firing alert matches that somebody has acknowledged",
        }
    }
}

/// What an alert is after something was done with it.
fn state(fingerprint: &str, answer: &Answer) -> Result<String, ServerError> {
    let alert: Row = answer.read()?;
    Ok(format!("{} is {}: {}", alone(fingerprint), alert.state(), sanitize_for_terminal(&alert.title)))
}
