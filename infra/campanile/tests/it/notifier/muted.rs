//! What is withheld, and what never is: silences, acknowledgements, damping.

use alert::{AlertEvent, Clock as _, Severity, SilenceDraft};
use channels::testing::destinations::StandIn;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::World;
use crate::api::{firing, resolved};

async fn one(stand_in: &StandIn, more: &Value) -> World {
    World::with(json!({ "destinations": [stand_in.destination("webhook", more)] })).await
}

fn transitions(stand_in: &StandIn) -> Vec<String> {
    stand_in.notified("webhook").into_iter().map(|notified| notified.transition).collect()
}

/// Silences the alert `cpu` for `seconds` of the test's clock.
async fn silence(world: &World, seconds: i64) {
    let ends_at = world.clock.now().checked_add(SignedDuration::from_secs(seconds)).unwrap();
    let draft = draft(world.clock.now(), ends_at);
    world.platform.table.add_silence(draft).await.unwrap();
    // It begins by the system's clock, which is a little ahead.
    world.clock.pass(30);
}

fn draft(starts_at: jiff::Timestamp, ends_at: jiff::Timestamp) -> SilenceDraft {
    SilenceDraft {
        matchers: vec!["alertname=\"cpu\"".parse().unwrap()],
        starts_at,
        ends_at,
        recurrence: None,
        time_zone: None,
        created_by: "ada".to_owned(),
        annotations: alert::Labels::new(),
        comment: "planned".to_owned(),
    }
}

#[tokio::test]
async fn a_silence_withholds_a_firing_but_never_a_recovery() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    world.hear(&firing("cpu")).await;
    world.hand_on().await;
    silence(&world, 3_600).await;
    world.hear(&AlertEvent { severity: Severity::Critical, ..firing("cpu") }).await;
    world.hear(&resolved("cpu")).await;
    world.hand_on().await;
    assert_eq!(transitions(&stand_in), ["opened", "resolved"]);
}

#[tokio::test]
async fn what_still_fires_when_its_silence_ends_is_notified_then() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    world.tick().await;
    silence(&world, 600).await;
    world.hear(&firing("cpu")).await;
    world.hand_on().await;
    world.tick_after(60).await;
    assert_eq!(transitions(&stand_in), [""; 0]);
    world.tick_after(600).await;
    assert_eq!(transitions(&stand_in), ["opened"]);
    world.tick_after(600).await;
    world.hear(&resolved("cpu")).await;
    world.hand_on().await;
    assert_eq!(transitions(&stand_in), ["opened", "resolved"]);
}

#[tokio::test]
async fn a_silence_that_is_seen_to_end_a_little_late_is_followed_and_nobody_notified_twice() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    world.tick().await;
    let starts_at = world.clock.now();
    let after = |seconds| starts_at.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    let silence = world.platform.table.add_silence(draft(starts_at, after(3_600))).await.unwrap();
    // Another one ends in the next tick, which therefore notes how far it has followed.
    world.platform.table.add_silence(draft(starts_at, after(60))).await.unwrap();
    world.clock.pass(30);
    world.hear(&firing("cpu")).await;
    world.hand_on().await;
    world.tick_after(60).await;
    // It was ended five seconds ago, and that is seen only now.
    let ended_at = world.clock.now().checked_sub(SignedDuration::from_secs(5)).unwrap();
    world.platform.table.edit_silence(silence.id, draft(starts_at, ended_at)).await.unwrap();
    assert_eq!(transitions(&stand_in), [""; 0]);
    world.tick_after(20).await;
    world.tick_after(5).await;
    assert_eq!(transitions(&stand_in), ["opened"]);
}

#[tokio::test]
async fn an_acknowledgement_goes_to_those_that_know_what_it_is() {
    let stand_in = StandIn::start().await;
    let mut settings = stand_in.settings(&Value::Null);
    let mut events = stand_in.destination("webhook", &Value::Null);
    events["id"] = json!("cloudevents");
    events["settings"]["url"] = json!(format!("{}/cloudevents", stand_in.base));
    events["settings"]["body"] = json!("cloudevents");
    settings["destinations"].as_array_mut().unwrap().push(events);
    let world = World::with(settings).await;
    let cpu = firing("cpu");
    world.hear(&cpu).await;
    world.hand_on().await;
    world.platform.table.acknowledge(cpu.fingerprint, "ada", Some("I look at it")).await.unwrap();
    world.hand_on().await;
    // Discord edits the message that is there, which notifies nobody.
    let quiet = ["slack", "mattermost", "rocketchat"];
    let counts = quiet.map(|destination| (destination, stand_in.notified(destination).len()));
    assert_eq!(counts, quiet.map(|destination| (destination, 1)));
    assert_eq!(stand_in.notified("pagerduty")[1].body["event_action"], "acknowledge");
    assert!(stand_in.notified("opsgenie")[1].path.ends_with("/acknowledge"));
    assert_eq!(stand_in.notified("cloudevents").len(), 2);

    world.platform.table.unacknowledge(cpu.fingerprint, "eve", Some("not mine")).await.unwrap();
    world.hand_on().await;
    let withdrawn = stand_in.notified("opsgenie").pop().unwrap();
    assert!(withdrawn.path.ends_with("/unacknowledge"), "{withdrawn:?}");
    assert_eq!((&withdrawn.body["user"], &withdrawn.body["note"]), (&json!("eve"), &json!("not mine")));
}

#[tokio::test]
async fn a_flapping_alert_notifies_once_a_span_and_then_its_present_state() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &json!({ "damping_secs": 600 })).await;
    for _ in 0..4 {
        world.hear(&firing("cpu")).await;
        world.hear(&resolved("cpu")).await;
        world.hand_on().await;
    }
    world.hear(&firing("cpu")).await;
    world.hand_on().await;
    assert_eq!(transitions(&stand_in), ["opened", "resolved"]);
    world.tick_after(300).await;
    assert_eq!(transitions(&stand_in).len(), 2);
    world.tick_after(301).await;
    assert_eq!(transitions(&stand_in), ["opened", "resolved", "reopened"]);
}
