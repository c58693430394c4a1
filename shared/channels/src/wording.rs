//! What is said, in words and the same for every destination that people read. Nothing here is escaped or cut yet.

mod group;
mod link;
mod single;

use alert::{Alert, Severity};
use jiff::Timestamp;
use net::sanitize;

pub(crate) use link::{Link, LinkKind, in_markdown, joined_within, markdown_links, web_address};

use crate::shade::Shade;
use crate::text::{Markup, Room, fit, fit_lines};
use crate::timing::in_utc;
use crate::{Event, Notification, Subject};

/// What begins a line of a list.
const BULLET: &str = "• ";
/// The longest `and … more`.
const LONGEST_MORE: &str = "and 18446744073709551615 more";

/// One notification in words.
#[derive(Debug, Clone)]
pub(crate) struct Wording {
    /// How bad it is: `CRITICAL`, `WARNING → CRITICAL`, `RESOLVED`.
    pub(crate) state: String,
    /// What and where, on one line.
    pub(crate) title: String,
    /// What the source explains, or how many of a group fire; may have several lines, or none.
    pub(crate) explanation: String,
    /// The alerts of a group, the worst first.
    pub(crate) list: Vec<ListItem>,
    /// How many more fire.
    pub(crate) more: usize,
    /// What else is known.
    pub(crate) facts: Vec<Fact>,
    /// Where to go from here.
    pub(crate) links: Vec<Link>,
    pub(crate) shade: Shade,
    pub(crate) at: Timestamp,
}

/// One alert of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListItem {
    pub(crate) text: String,
    pub(crate) is_firing: bool,
}

/// A name and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    pub(crate) value: FactValue,
}

/// What a fact is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FactValue {
    /// A text on one line.
    Text(String),
    /// A time, which a chat may show in the reader's zone.
    Time(Timestamp),
}

impl Wording {
    /// `notification` in words.
    pub(crate) fn of(notification: &Notification) -> Self {
        match &notification.subject {
            Subject::Alert(subject) => single::words(notification, subject),
            Subject::Group(subject) => group::words(notification, subject),
        }
    }

    /// The line `[<STATE>] <title>`. The state is ours and needs no escape: no markup can begin with it.
    pub(crate) fn title_line(&self, room: Room, markup: Markup) -> String {
        let state = format!("[{}] ", self.state);
        let title = fit(&self.title, room.beside(&state), markup);
        state + &title
    }

    /// Explanation, list and `links`, which are escaped already: what cannot be cut first, then as much as has room.
    pub(crate) fn body(&self, room: Room, markup: Markup, links: &[(LinkKind, String)]) -> Option<String> {
        // Bare addresses would run into one another.
        let separator = if markup == Markup::None { "\n" } else { " · " };
        let links = link::joined_within(links, room.three_quarters(), separator);
        let left = if links.is_empty() { room } else { room.beside(&links).beside(markup.line_break()) };
        let explanation = fit(&self.explanation, left, markup);
        let left =
            if explanation.is_empty() { left } else { left.beside(&explanation).beside(markup.line_break()) };
        let list = self.list(left, markup);
        let parts: Vec<_> =
            [explanation].into_iter().chain(list).chain([links]).filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.join(markup.line_break()))
    }

    /// As many lines of the list as have room, and how many are left out.
    fn list(&self, room: Room, markup: Markup) -> Vec<String> {
        if self.list.is_empty() {
            return Vec::new();
        }
        let bulleted: Vec<_> = self.list.iter().map(|line| format!("{BULLET}{}", line.text)).collect();
        let mut lines = fit_lines(&bulleted, room.beside(LONGEST_MORE).beside(markup.line_break()), markup);
        let left_out = self.list.iter().skip(lines.len()).filter(|line| line.is_firing).count();
        let more = self.more.saturating_add(left_out);
        if more > 0 && room.has_room_for(LONGEST_MORE) {
            lines.push(format!("and {more} more"));
        }
        lines
    }

    /// The list and how many more, as lines without markup.
    pub(crate) fn plain_list(&self) -> Vec<String> {
        self.list(Room::ANY, Markup::None)
    }

    /// The fact called `name`.
    pub(crate) fn fact(&self, name: &str) -> Option<String> {
        self.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.plain())
    }
}

impl Fact {
    fn text(name: &'static str, text: Option<String>) -> Option<Self> {
        Some(Self { name, value: FactValue::Text(text.filter(|text| !text.is_empty())?) })
    }

    const fn time(name: &'static str, time: Timestamp) -> Self {
        Self { name, value: FactValue::Time(time) }
    }
}

impl FactValue {
    /// The fact as text, times in UTC.
    pub(crate) fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Time(time) => in_utc(*time),
        }
    }
}

/// `text` on one line, if anything is left of it.
pub(crate) fn optional_line(text: Option<&str>) -> Option<String> {
    text.map(sanitize::line).filter(|line| !line.is_empty())
}

/// The alert's own title, on one line and never empty.
pub(crate) fn own_title(alert: &Alert) -> String {
    optional_line(Some(&alert.title)).unwrap_or_else(|| format!("alert {}", alert.fingerprint))
}

/// What people call the account of `alert`.
pub(crate) fn account(alert: &Alert) -> Option<String> {
    let name = alert.annotations.get("account_name").map(String::as_str);
    optional_line(name).or_else(|| optional_line(Some(&alert.account)))
}

/// `netdata · Example`.
fn source(source: &str, account: Option<&str>) -> String {
    match account {
        Some(account) => format!("{source} · {account}"),
        None => source.to_owned(),
    }
}

/// The word for how bad it is.
fn state(event: Event, severity: Severity, previous: Option<Severity>) -> String {
    let upper = |severity: Severity| severity.as_str().to_uppercase();
    match (event, previous.filter(|previous| *previous != severity)) {
        (Event::Resolved, _) => "RESOLVED".to_owned(),
        (Event::Expired, _) => "EXPIRED".to_owned(),
        (Event::Acknowledged, _) => "ACKNOWLEDGED".to_owned(),
        (Event::Unacknowledged, _) => "UNACKNOWLEDGED".to_owned(),
        (Event::Reminder, _) => format!("STILL {}", upper(severity)),
        (_, Some(previous)) => format!("{} → {}", upper(previous), upper(severity)),
        (_, None) => upper(severity),
    }
}

fn shade(event: Event, severity: Severity) -> Shade {
    match event {
        Event::Resolved => Shade::GREEN,
        Event::Expired => Shade::GREY,
        _ => Shade::of(severity),
    }
}

/// Whether `text` says `word` already, as a whole word and in any case.
fn says(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_lowercase(), word.to_lowercase());
    let is_inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !word.is_empty()
        && text.match_indices(&word).any(|(at, found)| {
            let (before, after) = (&text[..at], &text[at + found.len()..]);
            !is_inner(before.chars().next_back()) && !is_inner(after.chars().next())
        })
}
