//! What is shown of how a destination fares.

use dispatch::Suspension;
use serde_json::{Value, json};

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn status(state: dispatch::Fares) -> DestinationStatus {
    DestinationStatus {
        id: "ops".to_owned(),
        name: None,
        type_name: "slack",
        host: "hooks.slack.com".to_owned(),
        state,
        failing_since: Some(at(10)),
        reason: Some("401 Unauthorized".to_owned()),
        suspension: None,
        held_until: None,
        opens_at: None,
        waiting: 3,
        oldest_pending_at: Some(at(20)),
        next_attempt_at: Some(at(30)),
        sent_last_hour: 1,
        failed_last_hour: 2,
        last_success_at: None,
    }
}

fn shown(status: DestinationStatus) -> Value {
    serde_json::to_value(Shown::from(status)).unwrap()
}

#[test]
fn a_destination_that_fails_says_why_since_when_and_what_waits() {
    let shown = shown(status(dispatch::Fares::Failing));
    assert_eq!(
        (&shown["state"], &shown["reason"], &shown["since"]),
        (&json!("failing"), &json!("401 Unauthorized"), &json!(at(10)))
    );
    assert_eq!((&shown["waiting"], &shown["oldest_waiting_at"]), (&json!(3), &json!(at(20))));
}

#[test]
fn a_suspension_goes_on_until_its_probe_or_until_somebody_ends_it() {
    for (probe, until) in [(Probe::Hourly, json!(at(50))), (Probe::Never, json!(null))] {
        let suspension = Suspension {
            since: at(40),
            reason: "the token was revoked".to_owned(),
            probe,
            next_probe_at: at(50),
            settings_digest: "one".to_owned(),
        };
        let status = DestinationStatus { suspension: Some(suspension), ..status(dispatch::Fares::Suspended) };
        let shown = shown(status);
        assert_eq!((&shown["state"], &shown["since"]), (&json!("suspended"), &json!(at(40))));
        assert_eq!((&shown["reason"], &shown["until"]), (&json!("the token was revoked"), &until));
    }
}

#[test]
fn a_destination_that_is_well_has_no_reason() {
    let shown = shown(DestinationStatus { failing_since: None, ..status(dispatch::Fares::Healthy) });
    let nothing = [&shown["reason"], &shown["since"], &shown["until"]];
    assert_eq!((&shown["state"], nothing), (&json!("healthy"), [&json!(null); 3]));
}
