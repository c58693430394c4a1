//! One alert in words.

use alert::Alert;
use net::sanitize;

use super::link::links;
use super::{Fact, Wording, account, optional_line, own_title, says, shade, source, state};
use crate::timing::{in_words, occurred_at, seconds, since};
use crate::{AlertSubject, Event, Notification};

/// Most characters of all labels together.
const LABELS_CHARS: usize = 400;
/// Labels that are in every message already: the title has the name, the state the severity, a fact source and account.
const SAID_LABELS: [&str; 4] = ["alertname", "severity", "source", "account"];

pub(super) fn words(notification: &Notification, subject: &AlertSubject) -> Wording {
    let alert = &subject.alert;
    let event = notification.event;
    let title = title(alert);
    let explanation = explanation(alert, &title);
    Wording {
        state: state(event, alert.severity, subject.previous_severity),
        facts: facts(notification, subject, &title, &explanation),
        explanation,
        title,
        list: Vec::new(),
        more: 0,
        links: links(std::slice::from_ref(alert), &notification.links, event),
        shade: shade(event, alert.severity),
        at: occurred_at(notification),
    }
}

/// What and where: the alert's own title, and its resource where the title does not name it.
fn title(alert: &Alert) -> String {
    let title = own_title(alert);
    match optional_line(alert.resource.as_deref()) {
        Some(resource) if !says(&title, &resource) && !is_opaque(&resource) => {
            format!("{title} on {resource}")
        }
        _ => title,
    }
}

/// Whether `text` is an id that means nothing to people: 32 hex digits, with or without hyphens.
fn is_opaque(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    digits == 32 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

fn explanation(alert: &Alert, title: &str) -> String {
    let summary = alert.summary.as_deref().map(sanitize::lines).unwrap_or_default();
    if summary == title || summary == own_title(alert) { String::new() } else { summary }
}

/// What else is known, without what is empty or was said already.
fn facts(notification: &Notification, subject: &AlertSubject, title: &str, explanation: &str) -> Vec<Fact> {
    let alert = &subject.alert;
    let unsaid = |text: Option<String>| text.filter(|text| !says(title, text));
    let value = value(alert, title);
    let resource = unsaid(optional_line(alert.resource.as_deref()));
    let service =
        unsaid(optional_line(alert.service.as_deref())).filter(|text| Some(text) != resource.as_ref());
    let lasted = seconds(alert, notification.event, notification.at).filter(|seconds| *seconds > 0);
    let account = account(alert);
    let said =
        [Some(title), alert.value.as_deref(), resource.as_deref(), service.as_deref(), account.as_deref()];
    let labels = labels(alert, &said.map(Option::unwrap_or_default));
    let facts = [
        Fact::text("Value", value),
        Some(Fact::time("Since", since(alert))),
        Fact::text("Duration", lasted.map(in_words)),
        Fact::text("Source", Some(source(alert.source.as_str(), account.as_deref()))),
        Fact::text("Resource", resource),
        Fact::text("Service", service),
        Fact::text("Flapped", flapped(subject.flapped)),
        Fact::text(by(notification.event), optional_line(subject.by.as_deref())),
        Fact::text("Note", optional_line(subject.note.as_deref())),
        Fact::text("Labels", Some(labels)),
    ];
    facts.into_iter().flatten().filter(|fact| !has_line(explanation, fact.name)).collect()
}

/// Whether the source's own explanation has a line for the fact, like `Value: 97 %`.
fn has_line(explanation: &str, name: &str) -> bool {
    let is_of = |line: &str| line.split_once(": ").is_some_and(|(word, _)| word.eq_ignore_ascii_case(name));
    explanation.lines().any(is_of)
}

/// The value, and the threshold where the source names it.
fn value(alert: &Alert, title: &str) -> Option<String> {
    let unsaid = |text: Option<&str>| optional_line(text).filter(|text| !says(title, text));
    let value = unsaid(alert.value.as_deref());
    let threshold = unsaid(alert.annotations.get("threshold").map(String::as_str));
    match (value, threshold) {
        (Some(value), Some(threshold)) => Some(format!("{value} (threshold {threshold})")),
        (None, Some(threshold)) => Some(format!("threshold {threshold}")),
        (value, None) => value,
    }
}

const fn by(event: Event) -> &'static str {
    match event {
        Event::Unacknowledged => "Withdrawn by",
        _ => "Acknowledged by",
    }
}

fn flapped(times: u64) -> Option<String> {
    match times {
        0 => None,
        1 => Some("once".to_owned()),
        more => Some(format!("{more} times")),
    }
}

/// The labels whose values are not `said` anywhere, as far as they have room.
fn labels(alert: &Alert, said: &[&str]) -> String {
    let is_news = |value: &str| !value.is_empty() && !said.iter().any(|text| says(text, value));
    let mut text = String::new();
    for (name, value) in &alert.labels {
        let (name, value) = (sanitize::line(name), sanitize::line(value));
        if SAID_LABELS.contains(&name.as_str()) || !is_news(&value) {
            continue;
        }
        let separator = if text.is_empty() { "" } else { ", " };
        let entry = format!("{separator}{name}={value}");
        if text.chars().count() + entry.chars().count() > LABELS_CHARS {
            return if text.is_empty() { entry } else { text + ", …" };
        }
        text.push_str(&entry);
    }
    text
}
