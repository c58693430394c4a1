//! Which hooks are switched on, and what is said of those that were off.

use alert::{Clock as _, Condition, Severity};
use poll::kazoo::{HooksWatched, KazooOutcome};
use serde_json::json;

use super::world::{Campanile, HOOK, TOKEN, World, hook};
use kazoo::testing::{ACCOUNT, Effect};

#[tokio::test]
async fn the_alert_says_from_when_to_when_events_exist_nowhere() {
    let mut world = World::new().await;
    world.traffic(90, Campanile::IsDead).await;
    let last = world.kazoo.crossbar().attempts.iter().map(|try_| try_["timestamp"].as_i64().unwrap()).max();
    world.keep().await;
    let alert = world.alert().await.unwrap();
    let from = jiff::Timestamp::from_second(last.unwrap() - 62_167_219_200).unwrap();
    let to = world.kazoo.clock.now();
    assert_eq!(alert.annotations["events_lost_from"], from.to_string());
    assert_eq!(alert.annotations["events_lost_to"], to.to_string());
    assert_eq!(
        alert.summary.unwrap(),
        format!(
            "channel_destroy is on again. Events of KAZOO from {from} to {to} exist nowhere; what was tried before is \
             recorded."
        )
    );
    assert_eq!(
        (alert.title.as_str(), alert.severity),
        ("KAZOO switched off the hook channel_destroy", Severity::High)
    );
    assert_eq!((alert.account.as_str(), alert.labels["alertname"].as_str()), (ACCOUNT, "kazoo_hooks_off"));
}

#[tokio::test]
async fn a_hook_that_cannot_be_switched_on_is_critical_until_it_can() {
    let mut world = World::new().await;
    world.traffic(90, Campanile::IsDead).await;
    world.kazoo.crossbar().fail_next("PATCH", "/h1", Effect::Error(403, "forbidden", json!({})));
    let (hooks, _) = world.keep().await;
    assert_eq!(hooks, HooksWatched { ours: 1, switched_on: 0, off: 1 });
    let alert = world.alert().await.unwrap();
    assert_eq!((alert.condition, alert.severity), (Condition::Firing, Severity::Critical));
    assert!(alert.summary.unwrap().contains("would not switch on again"));

    world.keep().await;
    assert!(world.kazoo.crossbar().is_on(HOOK));
    let alert = world.alert().await.unwrap();
    assert_eq!((alert.condition, alert.severity), (Condition::Firing, Severity::High));
    assert!(alert.annotations.contains_key("events_lost_to"));
    world.keep().await;
    assert_eq!(world.alert().await.unwrap().condition, Condition::Resolved);
}

#[tokio::test]
async fn a_hook_with_an_old_token_gets_the_present_one_or_it_would_be_switched_off_again() {
    let mut world = World::new().await;
    world.kazoo.crossbar().put(HOOK, hook("0ld-t0ken", "channel_destroy"));
    world.traffic(30, Campanile::Answers(401)).await;
    world.keep().await;
    let document = world.kazoo.crossbar().document(HOOK);
    assert_eq!(document["uri"], format!("https://alerts.example.com/kazoo/{TOKEN}?hook=channel_destroy"));
    assert_eq!(document["enabled"], true);
    world.all_are_there_once().await;
}

#[tokio::test]
async fn what_a_person_switched_off_and_what_is_not_ours_stays_as_it_is() {
    let world = World::new().await;
    let mut off = hook(TOKEN, "channel_destroy");
    off["enabled"] = json!(false);
    world.kazoo.crossbar().put(HOOK, off);
    world.kazoo.crossbar().put(
        "other",
        json!({
            "hook": "parking", "name": "somebody's", "uri": "https://other.example.org/kazoo/x?hook=parking"
        }),
    );
    (0..6).for_each(|_| world.kazoo.crossbar().deliver("other", 500));
    let (hooks, _) = world.keep().await;
    assert_eq!(hooks, HooksWatched { ours: 1, ..HooksWatched::default() });
    assert!(world.kazoo.crossbar().writes().is_empty());
    assert_eq!(world.alert().await, None);
}

#[tokio::test]
async fn a_hook_that_the_secret_does_not_admit_is_not_switched_on_to_be_refused_again() {
    let mut world = World::with(|secret| secret["hook_ids"] = json!(["another"])).await;
    world.traffic(30, Campanile::Answers(401)).await;
    let (hooks, _) = world.keep().await;
    assert_eq!(hooks, HooksWatched::default());
    assert!(world.kazoo.crossbar().writes().is_empty());
}

#[tokio::test]
async fn a_secret_without_credentials_asks_nobody() {
    for member in ["api_key", "url"] {
        let world = World::with(|secret| secret[member] = json!("")).await;
        let outcome = world.keeper.run().await.unwrap();
        let KazooOutcome::NotConfigured { missing } = outcome else { panic!("{outcome:?}") };
        assert!(missing.contains(&format!("has no `{member}`")), "{missing}");
        assert!(world.kazoo.crossbar().requests.is_empty());
    }
}

#[tokio::test]
async fn an_idle_run_logs_in_once_an_hour_and_asks_two_questions() {
    let world = World::new().await;
    for _ in 0..12 {
        world.keep().await;
        world.kazoo.clock.advance(290);
    }
    let crossbar = world.kazoo.crossbar();
    assert_eq!((crossbar.logins, crossbar.requests.len()), (1, 1 + 2 * 12));
}
