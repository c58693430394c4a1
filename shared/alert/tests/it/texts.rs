//! What an alert says of itself while it fires, and what it keeps of that when it ends.

use alert::{Alert, AlertEvent, Labels, Severity, Signal};

use crate::{event, folded};

fn labels(names: &[(&str, &str)]) -> Labels {
    names.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn low_balance() -> AlertEvent {
    AlertEvent {
        severity: Severity::High,
        severity_raw: "low_balance".into(),
        title: "Balance of account Example is low: 4.10".into(),
        resource: Some("A".into()),
        value: Some("4.10".into()),
        url: Some("https://a.example/".into()),
        labels: labels(&[("kind", "balance"), ("team", "billing")]),
        annotations: labels(&[("current_balance", "41000"), ("account_name", "Example")]),
        ..event(Signal::Firing, 1)
    }
}

fn ended(title: &str) -> AlertEvent {
    AlertEvent {
        severity: Severity::Info,
        severity_raw: "transaction".into(),
        title: title.into(),
        summary: Some("A payment went through.".into()),
        labels: labels(&[("kind", "balance")]),
        annotations: labels(&[("amount", "50")]),
        ..event(Signal::Resolved, 2)
    }
}

fn said(alert: &Alert) -> (&str, &str) {
    (&alert.title, &alert.severity_raw)
}

#[test]
fn an_alert_keeps_its_own_words_where_what_ends_it_says_less() {
    for title in ["Balance of account Example", "Balance", ""] {
        let alert = folded(&[low_balance(), ended(title)]);
        assert_eq!(said(&alert), ("Balance of account Example is low: 4.10", "low_balance"), "{title}");
        assert_eq!((alert.value.as_deref(), alert.resource.as_deref()), (Some("4.10"), Some("A")));
        assert_eq!(alert.summary.as_deref(), Some("A payment went through."));
        assert_eq!(alert.labels["team"], "billing", "whoever was notified of it is notified of its end");
        assert_eq!(alert.annotations, labels(&[("amount", "50"), ("account_name", "Example")]));
        assert_eq!(alert.account_name(), "Example");
    }
}

#[test]
fn a_title_that_says_more_replaces_the_alert_s() {
    let alert = folded(&[low_balance(), ended("Balance of account Example is 54.10 again")]);
    assert_eq!(said(&alert), ("Balance of account Example is 54.10 again", "low_balance"));
}

#[test]
fn a_recovery_of_which_nothing_else_is_known_speaks_for_itself() {
    let alert = folded(&[ended("Balance")]);
    assert_eq!(said(&alert), ("Balance", "transaction"));
}

#[test]
fn the_word_for_a_severity_is_that_of_an_event_of_this_severity() {
    let firing =
        AlertEvent { severity: Severity::Critical, severity_raw: "Critical".into(), ..low_balance() };
    let raw = |severity, word: &str| {
        let over = AlertEvent { severity, severity_raw: word.into(), ..ended("over") };
        folded(&[firing.clone(), over]).severity_raw
    };
    assert_eq!(raw(Severity::Info, "Clear"), "Critical");
    assert_eq!(raw(Severity::Critical, ""), "Critical");
    assert_eq!(raw(Severity::Critical, "resolved"), "Critical");
    assert_eq!(raw(Severity::Critical, "resolved by ada"), "resolved by ada");
}

#[test]
fn an_alert_that_fires_again_says_what_it_now_says() {
    let again = AlertEvent { title: "Balance is low".into(), value: None, ..event(Signal::Firing, 3) };
    let alert = folded(&[low_balance(), ended("Balance"), again]);
    assert_eq!((alert.title.as_str(), alert.value), ("Balance is low", None));
    assert_eq!(alert.labels, Labels::new());
}
