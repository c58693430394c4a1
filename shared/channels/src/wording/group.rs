//! A group of alerts in words.

use alert::{Alert, Condition, Severity};
use net::sanitize;

use super::link::links;
use super::{Fact, ListItem, Wording, account, optional_line, own_title, says, shade, source, state};
use crate::timing::occurred_at;
use crate::{Event, GroupSubject, Notification};

/// Labels that name a place.
const PLACES: [&str; 5] = ["resource", "instance", "node", "host", "hostname"];
/// Labels that the source's fact has.
const SOURCE_LABELS: [&str; 2] = ["source", "account"];
/// Longest title of one alert in the list, in characters.
const LINE_CHARS: usize = 200;

pub(super) fn words(notification: &Notification, group: &GroupSubject) -> Wording {
    let event = notification.event;
    let place = place(group);
    Wording {
        state: state(event, group.worst, group.previous_worst),
        title: title(event, group, &place),
        explanation: explanation(event, group, notification.is_first),
        list: group.alerts.iter().map(|alert| line(event, alert, &place)).collect(),
        more: group.more,
        facts: facts(event, group, &place),
        links: links(&group.alerts, &notification.links, event),
        shade: shade(event, group.worst),
        at: occurred_at(notification),
    }
}

/// Where the group is: what its labels say, else its account.
fn place(group: &GroupSubject) -> String {
    let value = |name: &&str| optional_line(group.labels.get(*name).map(String::as_str));
    let place = PLACES.iter().find_map(value);
    if let Some(place) = place {
        return format!("on {place}");
    }
    let others = group.labels.iter().filter(|(name, _)| !SOURCE_LABELS.contains(&name.as_str()));
    let others: Vec<_> =
        others.map(|(_, value)| sanitize::line(value)).filter(|value| !value.is_empty()).collect();
    if !others.is_empty() {
        return format!("of {}", others.join(", "));
    }
    common(group, account).map_or_else(String::new, |account| format!("in {account}"))
}

fn title(event: Event, group: &GroupSubject, place: &str) -> String {
    let count = group.firing_count();
    let title = match (event.is_end(), count) {
        (true, _) => format!("All alerts {place} are over"),
        (false, 1) => format!("1 alert {place}"),
        (false, count) => format!("{count} alerts {place}"),
    };
    title.replace("  ", " ").trim().to_owned()
}

/// How many fire and how bad, and what is new since the last notification.
fn explanation(event: Event, group: &GroupSubject, is_first: bool) -> String {
    let bad: Vec<_> =
        group.firing.iter().rev().filter(|(_, count)| **count > 0).map(severity_count).collect();
    let firing = (!event.is_end()).then(|| format!("Firing: {}", bad.join(", ")));
    let news = [
        (group.opened, "new", is_first),
        (group.resolved, "resolved", false),
        (group.came_and_went, "came and went", false),
    ];
    let news: Vec<_> = news
        .iter()
        .filter(|(count, _, is_said)| *count > 0 && !is_said)
        .map(|(count, what, _)| format!("{count} {what}"))
        .collect();
    let since = if is_first { "" } else { " since the last notification" };
    let news = (!news.is_empty()).then(|| news.join(", ") + since);
    firing.into_iter().chain(news).collect::<Vec<_>>().join("\n")
}

fn severity_count((severity, count): (&Severity, &usize)) -> String {
    format!("{count} {severity}")
}

/// One alert of the list: how bad, what, and its value, without the place and the end that the title has.
fn line(event: Event, alert: &Alert, place: &str) -> ListItem {
    let is_firing = alert.condition == Condition::Firing;
    let state = match alert.condition {
        Condition::Firing => alert.severity.as_str().to_uppercase(),
        Condition::Resolved if event == Event::Resolved => String::new(),
        Condition::Expired if event == Event::Expired => String::new(),
        Condition::Resolved => "RESOLVED".to_owned(),
        Condition::Expired => "EXPIRED".to_owned(),
    };
    let title = own_title(alert);
    let title =
        title.strip_suffix(place).map(str::trim_end).filter(|rest| !rest.is_empty()).unwrap_or(&title);
    let title = shortened(title);
    let value = optional_line(alert.value.as_deref()).filter(|value| is_firing && !says(&title, value));
    let value = value.map(|value| format!(" ({})", shortened(&value))).unwrap_or_default();
    ListItem { text: format!("{state} {title}{value}").trim_start().to_owned(), is_firing }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LINE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn facts(event: Event, group: &GroupSubject, place: &str) -> Vec<Fact> {
    let label = |name: &str| optional_line(group.labels.get(name).map(String::as_str));
    let system = label("source").or_else(|| common(group, |alert| Some(alert.source.to_string())));
    let account = common(group, account).or_else(|| label("account"));
    let others = group.labels.iter().filter(|(name, value)| {
        !SOURCE_LABELS.contains(&name.as_str()) && !value.is_empty() && !says(place, &sanitize::line(value))
    });
    let others: Vec<_> =
        others.map(|(name, value)| format!("{}={}", sanitize::line(name), sanitize::line(value))).collect();
    let by = if event == Event::Unacknowledged { "Withdrawn by" } else { "Acknowledged by" };
    let facts = [
        Fact::text("Source", system.map(|system| source(&system, account.as_deref()))),
        Fact::text(by, optional_line(group.by.as_deref())),
        Fact::text("Labels", Some(others.join(", "))),
    ];
    facts.into_iter().flatten().collect()
}

/// What all listed alerts agree on.
fn common(group: &GroupSubject, of: impl Fn(&Alert) -> Option<String>) -> Option<String> {
    let (first, others) = group.alerts.split_first()?;
    let first = of(first)?;
    others.iter().all(|alert| of(alert).as_ref() == Some(&first)).then_some(first)
}
