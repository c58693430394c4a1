//! Alerts come and go, destinations fail and recover, batches come again, in any order: in the end everybody was told of
//! everything once, and in order.

use std::collections::BTreeMap;
use std::time::Duration;

use alert::{AlertEvent, Severity};
use aws::{Delivery, DeliveryFilter, DeliveryState};
use fastrand::Rng;
use intake::TimeLeft;
use serde_json::{Value, json};

use super::stand_in::{ALL, StandIn, Told};
use super::tower::Tower;
use crate::api::{firing, resolved};

/// Each is one course of events.
const SEEDS: [u64; 4] = [1, 0x5eed, 0x0bad_cafe, 42];
/// How many things happen in each.
const HAPPENINGS: usize = 40;
const ALERTS: [&str; 3] = ["cpu", "disk", "swap"];
/// What a destination answers that may answer otherwise later.
const PASSING: [u16; 5] = [408, 429, 500, 502, 504];

/// Lets anything happen.
async fn happen(rng: &mut Rng, tower: &Tower, stand_in: &StandIn) {
    let (alert, destination) = (ALERTS[rng.usize(..3)], ALL[rng.usize(..7)]);
    match rng.u8(..12) {
        0..=3 => {
            let severity = Severity::ALL[rng.usize(..Severity::ALL.len())];
            tower.hear(&AlertEvent { severity, ..firing(alert) }).await;
        }
        4 | 5 => tower.hear(&resolved(alert)).await,
        6 => tower.hand_on().await,
        7 => hand_on_and_forget_that(tower).await,
        8 | 9 => tower.tick_after(rng.i64(1..200)).await,
        10 => stand_in.fail(destination, PASSING[rng.usize(..PASSING.len())]),
        _ => stand_in.recover(destination),
    }
}

/// Hands on a batch that comes again, as when Lambda did not hear the answer.
async fn hand_on_and_forget_that(tower: &Tower) {
    let records = tower.table.oldest_records("campanile", 100).await.unwrap();
    let records: Vec<_> = records.into_iter().map(|record| record.event).collect();
    let batch = json!({ "Records": records });
    tower.notifier.clone().handle(batch, TimeLeft(Duration::from_mins(2))).await.unwrap();
}

/// Everybody is well again, and has the time to hear of what they missed.
async fn come_to_rest(tower: &Tower, stand_in: &StandIn) {
    for destination in ALL {
        stand_in.recover(destination);
    }
    tower.hand_on().await;
    for _ in 0..3 {
        tower.tick_after(2_400).await;
    }
}

/// What `destination` was told, each message once: Opsgenie tells of a change of severity in several requests.
fn messages(stand_in: &StandIn, destination: &str) -> Vec<Told> {
    let is_further = |told: &Told| ["/message", "/description"].iter().any(|end| told.path.ends_with(end));
    stand_in.told(destination).into_iter().filter(|told| !is_further(told)).collect()
}

async fn deliveries(tower: &Tower) -> Vec<Delivery> {
    tower.platform.table.deliveries(&DeliveryFilter::default(), 10_000, None).await.unwrap().deliveries
}

/// By alert what the webhook was told of it, in order.
fn courses(told: &[Told]) -> BTreeMap<String, Vec<String>> {
    let mut courses: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for told in told {
        courses.entry(told.body["alarm"].to_string()).or_default().push(told.transition.clone());
    }
    courses
}

#[tokio::test]
async fn in_the_end_everybody_was_told_of_everything_once_and_in_order() {
    for seed in SEEDS {
        println!("seed {seed:#x}");
        let stand_in = StandIn::start().await;
        let tower = Tower::with(stand_in.settings(&Value::Null)).await;
        let mut rng = Rng::with_seed(seed);
        for _ in 0..HAPPENINGS {
            happen(&mut rng, &tower, &stand_in).await;
        }
        come_to_rest(&tower, &stand_in).await;

        let mut deliveries = deliveries(&tower).await;
        assert!(deliveries.len() > ALL.len());
        deliveries.sort_by_key(|delivery| delivery.id.revision);
        for destination in ALL {
            let of_it = deliveries.iter().filter(|delivery| delivery.id.destination == destination);
            let states: Vec<_> = of_it.map(|delivery| delivery.record.state).collect();
            assert!(states.iter().all(|state| *state == DeliveryState::Sent), "{destination}: {states:?}");
            assert_eq!(messages(&stand_in, destination).len(), states.len(), "{destination}");
        }
        let mut expected: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for delivery in deliveries.iter().filter(|delivery| delivery.id.destination == "webhook") {
            let name = json!(delivery.message.alert.title).to_string();
            expected.entry(name).or_default().push(delivery.record.kind.to_string());
        }
        assert_eq!(courses(&messages(&stand_in, "webhook")), expected);
    }
}
