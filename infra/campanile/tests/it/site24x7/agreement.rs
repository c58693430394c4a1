//! Whatever comes first, is lost or comes twice: webhook and poller end in one alert and one episode.

use alert::{Alert, Condition, Fingerprint};

use super::world::{MONITOR, World, after, outage, status, webhook};

/// Something that happens in the life of an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    WebhookSaysDown,
    PollSeesDown,
    WebhookSaysUp,
    PollSeesUp,
}

use Step::{PollSeesDown, PollSeesUp, WebhookSaysDown, WebhookSaysUp};

const STEPS: [Step; 4] = [WebhookSaysDown, PollSeesDown, WebhookSaysUp, PollSeesUp];

/// Whether the current status numbers the outage as the webhook does.
#[derive(Debug, Clone, Copy)]
enum Numbering {
    Same,
    Other,
}

/// Every order of every choice of at most `left` steps, each of them twice at most. Requests of the webhook may be late
/// by any time; what a poll sees is the present, so that no poll sees the outage after one saw its end.
fn orders(so_far: &mut Vec<Step>, left: usize, all: &mut Vec<Vec<Step>>) {
    all.push(so_far.clone());
    for step in STEPS {
        let is_twice = so_far.iter().filter(|other| **other == step).count() == 2;
        let is_past = step == PollSeesDown && so_far.contains(&PollSeesUp);
        if left > 0 && !is_twice && !is_past {
            so_far.push(step);
            orders(so_far, left - 1, all);
            so_far.pop();
        }
    }
}

impl World {
    async fn live_through(&self, id: &str, steps: &[Step], numbering: Numbering) {
        let began = self.time("10:00:00");
        let outage_id = match numbering {
            Numbering::Same => began.as_millisecond().to_string(),
            Numbering::Other => "4711".to_owned(),
        };
        for step in steps {
            match step {
                WebhookSaysDown => self.deliver(&webhook(id, "DOWN", began, began)).await,
                WebhookSaysUp => self.deliver(&webhook(id, "UP", began, after(began, 7))).await,
                PollSeesDown => self.sees(outage(id, &outage_id, began, after(began, 3))).await,
                PollSeesUp => self.sees(status(id, 1, after(began, 8))).await,
            }
        }
    }

    async fn sees(&self, row: serde_json::Value) {
        self.is_at(&[row]);
        assert!(self.poll().await.status.is_ok());
    }

    async fn alert_of(&self, id: &str) -> Option<Alert> {
        self.platform.table.alert(fingerprint(id)).await.unwrap()
    }
}

fn fingerprint(id: &str) -> Fingerprint {
    Fingerprint::of(["v1", "site24x7", "eu", id])
}

async fn every_order_ends_well(steps: usize, numbering: Numbering) {
    let world = World::at("10:10:00").await;
    let mut all = Vec::new();
    orders(&mut Vec::new(), steps, &mut all);
    for (number, steps) in (1..).zip(&all) {
        let id = number.to_string();
        world.live_through(&id, steps, numbering).await;
        // The schedule goes on.
        world.sees(status(&id, 1, after(world.time("10:00:00"), 9))).await;

        let alert = world.alert_of(&id).await;
        let is_reported_down = steps.iter().any(|step| matches!(step, WebhookSaysDown | PollSeesDown));
        let Some(alert) = alert else {
            assert!(!is_reported_down && !steps.contains(&WebhookSaysUp), "{steps:?}");
            continue;
        };
        assert_eq!((alert.condition, alert.flaps), (Condition::Resolved, 0), "{steps:?}");
        if is_reported_down {
            assert_eq!(alert.started_at, Some(world.time("10:00:00")), "{steps:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_webhook_and_poll_ends_in_one_resolved_alert_of_one_episode() {
    Box::pin(every_order_ends_well(4, Numbering::Same)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_it_does_where_the_api_numbers_the_outage_otherwise() {
    Box::pin(every_order_ends_well(3, Numbering::Other)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_them_twice_in_the_order_of_time_and_against_it_end_in_one_episode() {
    let in_time = [
        WebhookSaysDown,
        WebhookSaysDown,
        PollSeesDown,
        PollSeesDown,
        WebhookSaysUp,
        WebhookSaysUp,
        PollSeesUp,
        PollSeesUp,
    ];
    let late = [
        WebhookSaysUp,
        PollSeesDown,
        WebhookSaysUp,
        PollSeesDown,
        PollSeesUp,
        WebhookSaysDown,
        PollSeesUp,
        WebhookSaysDown,
    ];
    for steps in [in_time, late] {
        let world = World::at("10:10:00").await;
        world.live_through(MONITOR, &steps, Numbering::Same).await;
        let alerts = world.alerts().await;
        assert_eq!(alerts.len(), 1);
        assert_eq!((alerts[0].condition, alerts[0].flaps), (Condition::Resolved, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_that_nobody_said_is_up_again_stays_open() {
    for steps in [
        &[WebhookSaysDown, PollSeesDown][..],
        &[PollSeesDown, WebhookSaysDown],
        &[PollSeesDown],
        &[WebhookSaysDown],
    ] {
        let world = World::at("10:10:00").await;
        world.live_through(MONITOR, steps, Numbering::Other).await;
        let alerts = world.alerts().await;
        assert_eq!(alerts.len(), 1);
        assert_eq!(
            (alerts[0].condition, alerts[0].started_at),
            (Condition::Firing, Some(world.time("10:00:00")))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_monitors_of_one_name_are_two_alerts() {
    let world = World::at("10:10:00").await;
    let began = world.time("10:00:00");
    world.is_at(&[outage("1", "11", began, after(began, 3)), outage("2", "12", began, after(began, 3))]);
    world.poll().await;
    world.deliver(&webhook("2", "UP", began, after(began, 7))).await;
    assert_eq!(world.alert_of("1").await.unwrap().condition, Condition::Firing);
    assert_eq!(world.alert_of("2").await.unwrap().condition, Condition::Resolved);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_that_was_renamed_stays_one_alert() {
    let world = World::at("10:10:00").await;
    let began = world.time("10:00:00");
    world.deliver(&webhook(MONITOR, "DOWN", began, began)).await;
    let mut renamed = status(MONITOR, 1, after(began, 8));
    renamed["name"] = "Shop back".into();
    world.sees(renamed).await;
    let alerts = world.alerts().await;
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].condition, alerts[0].title.as_str()), (Condition::Resolved, "Shop back is UP"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_polls_at_once_record_an_outage_once() {
    let world = World::at("10:10:00").await;
    let began = world.time("10:00:00");
    world.is_at(&[outage(MONITOR, "11", began, after(began, 3))]);
    world.logs(world.day, vec![super::world::log("Shop front is Down", after(began, 1), 1)]);
    tokio::join!(world.poll(), world.poll(), world.poll());
    let (alerts, history) = (world.alerts().await, world.history().await);
    assert_eq!((alerts.len(), alerts[0].flaps), (1, 0));
    // One of the log, and one of the status where a poll read it before the other had recorded the log.
    assert!((1..=2).contains(&history.len()));
    assert_eq!(alerts[0].occurrences, history.len() as u64);
}
