//! Without a token: what notifications say of the other alerts of their node.

use alert::{Alert, Condition, Source};
use jiff::{SignedDuration, Timestamp};
use normalize::InboundRequest;
use poll::netdata::{Ended, NetdataOutcome};
use serde_json::{Value, json};

use super::world::{RAISED, World, id};

struct Tower(World);

impl Tower {
    /// An alert that was notified an hour ago, and no token.
    async fn new() -> Self {
        let world = World::with(|secret| drop(secret.as_object_mut().unwrap().remove("api_token"))).await;
        let tower = Self(world);
        tower.say(3600, 1, "used_swap", &json!([])).await;
        tower
    }

    /// Has a notification come in so many seconds ago, that lists `entries`.
    async fn say(&self, ago: i64, number: usize, name: &str, entries: &Value) {
        let at = self.0.ago(ago);
        self.0.cloud().transition(&id(number), at, name, RAISED);
        let mut body = self.0.webhook_of(&id(number));
        body["alert"]["log"] = json!({ "total": { "critical": entries.as_array().unwrap().len(), "warning": 0 }, "entries": entries });
        let inbound = InboundRequest {
            method: "POST".to_owned(),
            query: String::new(),
            content_type: None,
            headers: [].into(),
            body: body.to_string().into_bytes(),
            received_at: at.checked_add(SignedDuration::from_secs(1)).unwrap(),
        };
        Box::pin(self.0.platform.webhook::<intake::Netdata>().take(inbound)).await.unwrap();
    }

    async fn run(&self) -> Ended {
        match Box::pin(self.0.another_keeper().run()).await.unwrap() {
            NetdataOutcome::Compared(ended) => ended,
            other => panic!("{other:?}"),
        }
    }

    async fn swap(&self) -> Alert {
        let alerts = self.0.alerts_of(Source::Netdata).await;
        alerts.into_iter().find(|alert| alert.labels["alertname"] == "used_swap").unwrap()
    }
}

fn entry(name: &str, at: Timestamp) -> Value {
    json!([{ "name": name, "status": "Critical", "triggered_at": at.to_string() }])
}

#[tokio::test]
async fn an_alert_that_two_later_notifications_do_not_list_expires_once() {
    let tower = Tower::new().await;
    tower.say(2400, 2, "load_average", &json!([])).await;
    assert_eq!(tower.run().await.ended, 0, "one may have been overtaken");
    tower.say(2200, 3, "load_average", &json!([])).await;
    assert_eq!(tower.run().await.ended, 0, "too close to each other");
    tower.say(1800, 4, "load_average", &json!([])).await;
    assert_eq!(tower.run().await.ended, 1);
    let alert = tower.swap().await;
    assert_eq!(alert.condition, Condition::Resolved);
    assert!(alert.summary.unwrap().ends_with("it expired."));
    assert_eq!(tower.run().await.ended, 0);
}

#[tokio::test]
async fn an_alert_that_is_listed_goes_on_and_so_does_one_of_whose_list_a_part_is_missing() {
    let tower = Tower::new().await;
    let at = tower.0.ago(3600);
    tower.say(2400, 2, "load_average", &json!([])).await;
    tower.say(1800, 3, "load_average", &entry("used_swap", at)).await;
    assert_eq!(tower.run().await.ended, 0);

    let tower = Tower::new().await;
    for (number, ago) in [(2, 2400), (3, 1200)] {
        tower.say(ago, number, "load_average", &json!([{ "name": "" }])).await;
    }
    assert_eq!(tower.run().await.ended, 0);
}

#[tokio::test]
async fn what_is_over_is_one_alert_and_the_one_that_speaks_goes_on() {
    let tower = Tower::new().await;
    for (number, ago) in [(2, 2400), (3, 1200)] {
        tower.say(ago, number, "load_average", &json!([])).await;
    }
    assert_eq!(tower.run().await, Ended { open: 2, ended: 1 });
    let firing = tower.0.alerts_of(Source::Netdata).await;
    let firing: Vec<_> = firing.iter().filter(|alert| alert.condition == Condition::Firing).collect();
    assert_eq!(
        firing.iter().map(|alert| alert.labels["alertname"].as_str()).collect::<Vec<_>>(),
        ["load_average"]
    );
}
