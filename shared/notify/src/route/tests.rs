//! The rules, one by one.

mod courses;
mod damping;
mod news;
mod whatever;

use alert::{AutoResolve, Condition, Fingerprint, Handling, Severity, Source, Timeline, Transition};

use super::*;
use crate::{Reach, Settings};

fn destination(members: &str) -> Destination {
    destination_of(
        "\"type\":\"slack\",\"settings\":{\"webhook_url\":\"https://hooks.slack.com/services/T/B/X\"}",
        members,
    )
}

fn pagerduty(members: &str) -> Destination {
    let settings =
        "\"type\":\"pagerduty\",\"settings\":{\"integration_key\":\"0123456789abcdef0123456789abcdef\"}";
    destination_of(settings, members)
}

fn destination_of(settings: &str, members: &str) -> Destination {
    let secret = format!("{{\"destinations\":[{{\"id\":\"d\",{settings}{members}}}]}}");
    let settings = Settings::read(&secret, &Reach::public());
    assert_eq!(settings.mistakes, []);
    settings.destinations.into_iter().next().unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_323_045 + seconds).unwrap()
}

fn alert(condition: Condition, severity: Severity) -> Alert {
    Alert {
        fingerprint: Fingerprint::of(["test"]),
        source: Source::Netdata,
        account: "space-1".to_owned(),
        condition,
        handling: Handling::Open,
        severity,
        severity_raw: String::new(),
        title: "used_swap on db-1".to_owned(),
        summary: None,
        resource: None,
        service: None,
        value: None,
        url: None,
        labels: [("alertname", "used_swap"), ("rooms", "all-nodes,production"), ("env", "prod")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        annotations: Labels::new(),
        first_seen: at(0),
        last_seen: at(0),
        last_received_at: at(0),
        condition_since: at(0),
        started_at: Some(at(0)),
        ended_at: None,
        auto_resolve: AutoResolve::Recovery,
        episode: None,
        expires_at: None,
        occurrences: 1,
        duplicates: 0,
        flaps: 0,
        revision: 1,
        last_transition: None,
        acknowledgement: None,
        silenced_by: Vec::new(),
        timeline: Timeline::default(),
    }
}

fn firing(severity: Severity) -> Alert {
    alert(Condition::Firing, severity)
}

fn resolved(severity: Severity) -> Alert {
    alert(Condition::Resolved, severity)
}

fn unreachable(condition: Condition) -> Alert {
    let mut alert = alert(condition, Severity::Critical);
    alert.labels.insert("alertname".to_owned(), "node_unreachable".to_owned());
    alert
}

const STARTED: Standing = Standing { is_started: true, announced: None, damping: Damping::NONE };

fn change(alert: &Alert, news: News) -> Change<'_> {
    Change { alert, news, previous_severity: None, hearing: Hearing::Audible, at: at(0) }
}

/// The kind of the message that a transition leads to.
fn told(
    destination: &Destination,
    standing: &Standing,
    alert: &Alert,
    transition: Transition,
) -> Option<Kind> {
    kind_of(&route(destination, standing, &change(alert, News::Transition(transition))).0)
}

fn kind_of(decision: &Decision) -> Option<Kind> {
    match decision {
        Decision::Tell(message) => Some(message.kind),
        Decision::Later(_) | Decision::Quiet => None,
    }
}

fn fresh() -> Standing {
    Standing::default()
}

#[test]
fn by_default_everything_is_told() {
    let all = destination("");
    assert_eq!(told(&all, &fresh(), &firing(Severity::Info), Transition::Opened), Some(Kind::Opened));
    assert_eq!(told(&all, &fresh(), &unreachable(Condition::Firing), Transition::Opened), Some(Kind::Opened));
    assert_eq!(told(&all, &STARTED, &resolved(Severity::High), Transition::Resolved), Some(Kind::Resolved));
    assert_eq!(told(&all, &STARTED, &resolved(Severity::High), Transition::Expired), Some(Kind::Expired));
}

#[test]
fn repeats_and_latecomers_are_never_told() {
    let all = destination("");
    for transition in [Transition::Repeated, Transition::Late] {
        assert_eq!(told(&all, &STARTED, &firing(Severity::Critical), transition), None);
    }
}

#[test]
fn a_level_selects_its_types() {
    for (level, critical, warning, node) in [
        ("All Alerts and unreachable", true, true, true),
        ("alarms_setting_all", true, true, true),
        ("ALL ALERTS", true, true, false),
        ("ALARMS_SETTING_ALL_BUT_UNREACHABLE", true, true, false),
        ("critical only", true, false, false),
        ("ALARMS_SETTING_CRITICAL", true, false, false),
        ("ALARMS_SETTING_UNREACHABLE", false, false, true),
    ] {
        let destination = destination(&format!(",\"notify\":\"{level}\""));
        let opens = |alert: Alert| told(&destination, &fresh(), &alert, Transition::Opened).is_some();
        assert_eq!(opens(firing(Severity::Critical)), critical, "{level}");
        assert_eq!(opens(firing(Severity::High)), warning, "{level}");
        assert_eq!(opens(unreachable(Condition::Firing)), node, "{level}");
    }
}

#[test]
fn a_demotion_follows_the_critical_that_was_told_whatever_the_filters_say_now() {
    let critical_only = destination(",\"notify\":\"Critical only\",\"labels\":[\"severity=critical\"]");
    let warning = firing(Severity::Warning);
    assert_eq!(told(&critical_only, &STARTED, &warning, Transition::Deescalated), Some(Kind::Deescalated));
    assert_eq!(told(&critical_only, &fresh(), &warning, Transition::Deescalated), None);
}

#[test]
fn an_escalation_that_is_the_first_to_be_selected_is_told() {
    let critical_only = destination(",\"notify\":[\"Critical\"]");
    let alert = firing(Severity::Critical);
    let change = Change {
        previous_severity: Some(Severity::Warning),
        ..change(&alert, News::Transition(Transition::Escalated))
    };
    let (decision, standing) = route(&critical_only, &fresh(), &change);
    let Decision::Tell(message) = decision else { panic!("it is told") };
    assert_eq!((message.kind, message.is_first), (Kind::Escalated, true));
    assert_eq!(message.previous_severity, Some(Severity::Warning));
    assert!(standing.is_started);
}

#[test]
fn a_recovery_follows_whoever_was_told_by_a_level() {
    let critical_only = destination(",\"notify\":\"Critical only\",\"sources\":[\"kazoo\"]");
    let alert = resolved(Severity::Warning);
    assert_eq!(told(&critical_only, &STARTED, &alert, Transition::Resolved), Some(Kind::Resolved));
    assert_eq!(told(&critical_only, &STARTED, &alert, Transition::Expired), Some(Kind::Expired));
    assert_eq!(told(&critical_only, &fresh(), &alert, Transition::Resolved), None);
}

#[test]
fn a_list_has_to_name_the_recovery() {
    let without = destination(",\"notify\":[\"CRITICAL\",\"WARNING\",\"UNREACHABLE\"]");
    let with = destination(",\"notify\":[\"critical\",\"clear\",\"reachable\"]");
    let alert = resolved(Severity::Critical);
    let node = unreachable(Condition::Resolved);
    assert_eq!(told(&without, &STARTED, &alert, Transition::Resolved), None);
    assert_eq!(told(&without, &STARTED, &node, Transition::Resolved), None);
    assert_eq!(told(&with, &STARTED, &alert, Transition::Resolved), Some(Kind::Resolved));
    assert_eq!(told(&with, &STARTED, &node, Transition::Expired), Some(Kind::Expired));
}

#[test]
fn an_incident_is_closed_whatever_the_list_says() {
    let pagerduty = pagerduty(",\"notify\":[\"CRITICAL\"]");
    assert_eq!(
        told(&pagerduty, &STARTED, &resolved(Severity::Critical), Transition::Resolved),
        Some(Kind::Resolved)
    );
}

#[test]
fn a_recoveries_only_destination_hears_of_recoveries_it_was_not_told_the_firing_of() {
    let clears = destination(",\"notify\":[\"CLEAR\"],\"sources\":[\"netdata\"]");
    assert_eq!(told(&clears, &fresh(), &firing(Severity::Critical), Transition::Opened), None);
    let alert = resolved(Severity::Critical);
    assert_eq!(told(&clears, &fresh(), &alert, Transition::Resolved), Some(Kind::Resolved));
    assert_eq!(told(&clears, &fresh(), &alert, Transition::Expired), None);
    assert_eq!(told(&clears, &fresh(), &unreachable(Condition::Resolved), Transition::Resolved), None);
    let elsewhere = Alert { source: Source::Kazoo, ..alert };
    assert_eq!(told(&clears, &fresh(), &elsewhere, Transition::Resolved), None);
}

#[test]
fn where_nothing_ever_fired_nobody_is_told() {
    let alert = Alert { occurrences: 0, ..resolved(Severity::Info) };
    for destination in [destination(""), destination(",\"notify\":[\"CLEAR\"]"), pagerduty("")] {
        assert_eq!(told(&destination, &fresh(), &alert, Transition::Resolved), None);
        assert_eq!(told(&destination, &STARTED, &alert, Transition::Resolved), None);
    }
}

#[test]
fn a_silence_withholds_firings_and_no_recovery() {
    let all = destination("");
    let firing = firing(Severity::Critical);
    let over = resolved(Severity::Critical);
    let silenced = |alert, transition| Change {
        hearing: Hearing::Silenced,
        ..change(alert, News::Transition(transition))
    };
    for standing in [fresh(), STARTED] {
        let (decision, _) = route(&all, &standing, &silenced(&firing, Transition::Escalated));
        assert_eq!(decision, Decision::Quiet);
    }
    let (decision, standing) = route(&all, &STARTED, &silenced(&over, Transition::Resolved));
    assert_eq!(kind_of(&decision), Some(Kind::Resolved));
    assert!(!standing.is_started);
}

#[test]
fn the_end_of_a_silence_opens_what_still_fires_and_was_not_told() {
    let all = destination("");
    let firing = firing(Severity::Critical);
    let over = resolved(Severity::Critical);
    assert_eq!(kind_of(&route(&all, &fresh(), &change(&firing, News::SilenceEnded)).0), Some(Kind::Opened));
    assert_eq!(kind_of(&route(&all, &STARTED, &change(&firing, News::SilenceEnded)).0), None);
    assert_eq!(kind_of(&route(&all, &fresh(), &change(&over, News::SilenceEnded)).0), None);
}

#[test]
fn acknowledgements_go_to_incidents_that_were_opened() {
    let mut alert = firing(Severity::Critical);
    alert.acknowledgement =
        Some(alert::Acknowledgement { by: "ada".to_owned(), note: Some("mine".to_owned()), at: at(5) });
    let change = change(&alert, News::Acknowledged);
    let (decision, _) = route(&pagerduty(""), &STARTED, &change);
    let Decision::Tell(message) = decision else { panic!("it is told") };
    assert_eq!(
        (message.kind, message.by.as_deref(), message.note.as_deref()),
        (Kind::Acknowledged, Some("ada"), Some("mine"))
    );
    assert_eq!(route(&pagerduty(""), &fresh(), &change).0, Decision::Quiet);
    assert_eq!(route(&destination(""), &STARTED, &change).0, Decision::Quiet);
}

#[test]
fn pagerduty_has_no_withdrawal_of_an_acknowledgement() {
    let alert = firing(Severity::Critical);
    let news = News::Unacknowledged { by: None, note: None };
    assert_eq!(route(&pagerduty(""), &STARTED, &change(&alert, news)).0, Decision::Quiet);
}

#[test]
fn a_disabled_destination_is_told_nothing() {
    let disabled = destination(",\"enabled\":false");
    assert_eq!(told(&disabled, &fresh(), &firing(Severity::Critical), Transition::Opened), None);
    assert_eq!(told(&disabled, &STARTED, &resolved(Severity::Critical), Transition::Resolved), None);
}

#[test]
fn every_filter_has_to_hold() {
    let opens = |members: &str| {
        told(&destination(members), &fresh(), &firing(Severity::Critical), Transition::Opened).is_some()
    };
    assert!(opens(",\"sources\":[\"netdata\",\"kazoo\"]"));
    assert!(!opens(",\"sources\":[\"kazoo\"]"));
    assert!(opens(",\"sources\":[],\"rooms\":null,\"labels\":[]"));
    assert!(opens(",\"rooms\":[\"Production\"]"));
    assert!(opens(",\"rooms\":[\"ALL Nodes\"]"));
    assert!(!opens(",\"rooms\":[\"staging\"]"));
    assert!(opens(",\"labels\":[\"env=prod\",\"alertname=~used_.*\"]"));
    assert!(!opens(",\"labels\":[\"env=prod\",\"alertname=~ram_.*\"]"));
    assert!(opens(",\"labels\":[\"severity=critical\",\"source=netdata\",\"account=space-1\"]"));
    assert!(!opens(",\"sources\":[\"netdata\"],\"rooms\":[\"staging\"]"));
}

#[test]
fn an_alert_without_rooms_passes_every_room_filter() {
    let filtered = destination(",\"rooms\":[\"staging\"]");
    let mut alert = firing(Severity::Critical);
    alert.labels.remove("rooms");
    assert_eq!(told(&filtered, &fresh(), &alert, Transition::Opened), Some(Kind::Opened));
}

#[test]
fn an_alertmanager_webhook_is_told_of_the_labels_it_knew() {
    let settings = "\"type\":\"webhook\",\"settings\":{\"url\":\"https://hooks.example.com/\",\"body\":\"alertmanager\",\
                    \"auth\":\"bearer\",\"token\":\"secret-token\"}";
    let webhook = destination_of(settings, "");
    let (warning, critical) = (firing(Severity::Warning), firing(Severity::Critical));
    let (_, standing) = route(&webhook, &fresh(), &change(&warning, News::Transition(Transition::Opened)));
    assert_eq!(standing.announced, Some(served_labels(&warning)));
    let (decision, standing) =
        route(&webhook, &standing, &change(&critical, News::Transition(Transition::Escalated)));
    let Decision::Tell(message) = decision else { panic!("it is told") };
    assert_eq!(message.announced, Some(served_labels(&warning)));
    let over = resolved(Severity::Critical);
    let (decision, standing) =
        route(&webhook, &standing, &change(&over, News::Transition(Transition::Resolved)));
    let Decision::Tell(message) = decision else { panic!("it is told") };
    assert_eq!(message.announced, Some(served_labels(&critical)));
    assert_eq!(standing.announced, None);
}
