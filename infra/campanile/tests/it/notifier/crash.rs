//! The notifier killed at any point: everything is told at least once, and twice only what was told but not yet written.

use std::collections::BTreeMap;
use std::time::Duration;

use aws::DeliveryState;
use intake::TimeLeft;
use serde_json::{Value, json};

use super::stand_in::{ALL, StandIn};
use super::tower::{Tower, notifier};
use crate::api::{firing, resolved};

/// How many alerts ring and end.
const ALERTS: usize = 25;

/// How often each destination was told each thing.
fn times(stand_in: &StandIn) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for told in ALL.into_iter().flat_map(|destination| stand_in.told(destination)) {
        // PagerDuty's and Opsgenie's ends name the alert by its fingerprint alone; the text is one of a kind all the same.
        *times.entry(format!("{} {}", told.destination, told.text())).or_default() += 1;
    }
    times
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_at_random_moments_it_tells_everything_and_repeats_only_what_was_under_way() {
    let stand_in = StandIn::start().await;
    stand_in.delay(Duration::from_millis(3));
    let mut tower = Tower::with(stand_in.settings(&Value::Null)).await;
    for number in 0..ALERTS {
        tower.hear(&firing(&format!("alert-{number:04}"))).await;
        tower.hear(&resolved(&format!("alert-{number:04}"))).await;
    }
    let mut kills = 0;
    loop {
        let stream = tower.stream();
        let ticking = tower.notifier.clone();
        let life = Duration::from_millis(fastrand::u64(5..1_500));
        let run = async move {
            while stream.hand_on().await.unwrap() > 0 {}
            drop(ticking.handle(json!({ "tick": "retry" }), TimeLeft(Duration::from_mins(2))).await);
        };
        // Dropped in the midst of whatever it does, as if the process were gone.
        let is_over = tokio::time::timeout(life, run).await.is_ok();
        tower.notifier = notifier(&tower.platform, &tower.clock);
        tower.clock.pass(130);
        if is_over && tower.count(DeliveryState::Waiting).await == 0 {
            break;
        }
        kills += usize::from(!is_over);
        assert!(kills < 2_000, "it never comes to an end");
    }
    let times = times(&stand_in);
    let told: usize = times.values().sum();
    let (expected, repeated) = (2 * 7 * ALERTS, told - times.len());
    println!("killed {kills} times: {} things told, {repeated} of them twice or more", times.len());
    assert_eq!(times.len(), expected);
    // Not more can have been under way at a kill than go to one destination abreast.
    assert!(repeated <= kills * (5 * 8 + 2), "{repeated} repeats by {kills} kills");
    assert_eq!(tower.count(DeliveryState::Sent).await, expected);
}
