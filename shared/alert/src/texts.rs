//! What an alert's own words are, and what of them an event replaces.

use std::collections::BTreeSet;

use crate::{Alert, AlertEvent, Labels, Severity};

/// The annotation that holds the name of the alert's account, where its source states one: the account is an id.
pub const ACCOUNT_NAME: &str = "account_name";

/// The annotation of an event that is no occasion to notify anybody: whoever was notified of its alert is notified of its end.
pub const UNANNOUNCED: &str = "unannounced";

impl Alert {
    /// Whether its newest word is no occasion to notify anybody.
    pub fn is_unannounced(&self) -> bool {
        is_unannounced(&self.annotations)
    }

    /// What people call its account: by its name, where that is known.
    pub fn account_name(&self) -> &str {
        self.annotations.get(ACCOUNT_NAME).unwrap_or(&self.account)
    }
}

impl AlertEvent {
    /// Whether it is no occasion to notify anybody.
    pub fn is_unannounced(&self) -> bool {
        is_unannounced(&self.annotations)
    }
}

fn is_unannounced(annotations: &Labels) -> bool {
    annotations.get(UNANNOUNCED).is_some_and(|value| value == "yes")
}

/// Takes all that `event` says of an alert that fires.
pub(crate) fn replace(alert: &mut Alert, event: &AlertEvent) {
    alert.severity_raw.clone_from(&event.severity_raw);
    alert.title.clone_from(&event.title);
    alert.summary.clone_from(&event.summary);
    alert.resource.clone_from(&event.resource);
    alert.service.clone_from(&event.service);
    alert.value.clone_from(&event.value);
    alert.url.clone_from(&event.url);
    alert.labels.clone_from(&event.labels);
    alert.annotations.clone_from(&event.annotations);
}

/// Takes of `event`, which ends the alert, what the alert does not know better: it keeps the word for its severity,
/// a title that says as much, every text of which the event has none, and the labels by which it was routed.
pub(crate) fn end(alert: &mut Alert, event: &AlertEvent) {
    let mut ended = alert.clone();
    replace(&mut ended, event);
    if alert.severity_raw.is_empty() || names_severity(event, alert.severity) {
        alert.severity_raw = ended.severity_raw;
    }
    if !says_no_more(&event.title, &alert.title) {
        alert.title = ended.title;
    }
    alert.summary = ended.summary.or(alert.summary.take());
    alert.resource = ended.resource.or(alert.resource.take());
    alert.service = ended.service.or(alert.service.take());
    alert.value = ended.value.or(alert.value.take());
    alert.url = ended.url.or(alert.url.take());
    alert.labels.extend(ended.labels);
    let account_name = alert.annotations.remove_entry(ACCOUNT_NAME);
    alert.annotations = account_name.into_iter().chain(ended.annotations).collect();
}

/// Whether the word of `event` is one for `severity`: `Clear` is none for `critical`, and `resolved` none at all.
fn names_severity(event: &AlertEvent, severity: Severity) -> bool {
    let word = event.severity_raw.as_str();
    event.severity == severity && !word.is_empty() && word != event.signal.as_str()
}

/// Whether every word of `title` is in `known`.
fn says_no_more(title: &str, known: &str) -> bool {
    words(title).is_subset(&words(known))
}

fn words(text: &str) -> BTreeSet<&str> {
    let trimmed = text.split_whitespace().map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation()));
    trimmed.filter(|word| !word.is_empty()).collect()
}
