//! The poller's real binary beside the webhook's, before a server that stands in for Zoho and Site24x7.

use std::time::Duration;

use alert::Clock as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use site24x7::testing::{CLIENT_SECRET, Fault, REFRESH_TOKEN, SECRET, StandIn};
use tests::function::{Outcome, Setup};
use tests::{Deployment, Function, Reader, Receiver, eventually, secrets, token, webhook_call};

const MONITOR: &str = "123456000000025013";

/// Webhook, API and poller over one table.
struct World {
    stand_in: StandIn,
    deployment: Deployment,
    poller: Function,
    /// When the monitor went down: ten minutes ago, to the second.
    down_since: Timestamp,
}

impl World {
    async fn start() -> Self {
        let stand_in = StandIn::start().await;
        let now = aws::SystemClock.now();
        stand_in.clock.forward_secs(now.as_second() - stand_in.clock.now().as_second());
        stand_in.world().alert_logs.insert("never".to_owned(), Vec::new());
        let deployment = Deployment::start(&known_to_zoho()).await;
        let setup = Setup::new("site24x7-poller", deployment.cloud().url())
            .variable("CAMPANILE_SITE24X7_API_ROOT", stand_in.hosts().api_root())
            .variable("CAMPANILE_SITE24X7_ACCOUNTS", stand_in.hosts().accounts());
        let poller = Function::start(setup).await;
        let down_since = Timestamp::from_second(now.as_second() - 600).unwrap();
        Self { stand_in, deployment, poller, down_since }
    }

    fn is_at(&self, status: &Value) {
        self.stand_in.world().current_status = json!({ "monitors": [status] });
    }

    async fn poll(&self) -> Value {
        match self.poller.run(&json!({})).await {
            Outcome::Answered(answer) => answer,
            other => panic!("{other:?}\n{}", self.poller.log()),
        }
    }

    /// What the webhook says of the monitor.
    async fn webhook_says(&self, word: &str, at: Timestamp) {
        let payload = json!({
            "MONITORNAME": "Shop front", "MONITOR_ID": MONITOR, "MONITORTYPE": "URL", "STATUS": word,
            "INCIDENT_REASON": "Internal Server Error", "INCIDENT_TIME_ISO": iso(at),
            "OUTAGE_TIME_UNIX_FORMAT": self.down_since.as_millisecond().to_string(),
        });
        let answer =
            self.deployment.answer(&webhook_call("site24x7", payload.to_string().into_bytes())).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    async fn transitions(&self) -> Vec<Value> {
        let alert = self.deployment.only_alert().await;
        let history = self.deployment.history(alert["fingerprint"].as_str().unwrap()).await;
        history.iter().map(|event| event["transition"].clone()).collect()
    }

    fn down(&self) -> Value {
        json!({
            "monitor_id": MONITOR, "name": "Shop front", "status": 0, "outage_id": "11",
            "last_polled_time": iso(later(self.down_since, 60)), "downtime_millis": "60000",
        })
    }

    fn up(&self) -> Value {
        let polled_at = later(self.down_since, 300);
        json!({ "monitor_id": MONITOR, "name": "Shop front", "status": 1, "last_polled_time": iso(polled_at) })
    }
}

/// The usual secrets, with what the poller needs and the webhook's token.
fn known_to_zoho() -> Value {
    let mut secrets = secrets();
    let mut site24x7: Value = serde_json::from_str(SECRET).unwrap();
    site24x7["tokens"] = json!([token("site24x7")]);
    secrets["campanile/site24x7"] = site24x7;
    secrets
}

/// As Site24x7 writes times: without a colon in the offset.
fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

fn later(time: Timestamp, secs: i64) -> Timestamp {
    time.checked_add(SignedDuration::from_secs(secs)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_webhook_lost_is_opened_and_resolved_by_the_poller() {
    let world = World::start().await;
    world.is_at(&world.down());
    world.poll().await;
    let alert = world.deployment.only_alert().await;
    assert_eq!([&alert["condition"], &alert["source"]], ["firing", "site24x7"]);
    assert_eq!(alert["started_at"], world.down_since.to_string());

    world.is_at(&world.up());
    world.poll().await;
    assert_eq!(world.deployment.only_alert().await["condition"], "resolved");
    assert_eq!(world.transitions().await, ["resolved", "opened"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_both_report_is_one_alert_of_one_episode() {
    let world = World::start().await;
    world.webhook_says("DOWN", world.down_since).await;
    world.is_at(&world.down());
    world.poll().await;
    world.webhook_says("UP", later(world.down_since, 300)).await;
    world.is_at(&world.up());
    world.poll().await;

    let alert = world.deployment.only_alert().await;
    assert_eq!([&alert["condition"], &alert["flaps"]], [&json!("resolved"), &json!(0)]);
    let transitions = world.transitions().await;
    let of_episodes = transitions.iter().filter(|transition| **transition != "repeated");
    assert_eq!(of_episodes.collect::<Vec<_>>(), ["resolved", "opened"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poller_that_is_killed_at_work_loses_nothing_and_spends_no_second_token() {
    let world = World::start().await;
    world.is_at(&world.down());
    for path in ["/alert_logs", "/current_status"] {
        world.stand_in.world().fail(path, [Fault::Slow(Duration::from_mins(1))]);
    }
    let schedule = json!({});
    let run = world.poller.run(&schedule);
    let kill = async {
        eventually("the poller has asked", async || !world.stand_in.world().seen.is_empty()).await;
        world.poller.kill(0).await;
    };
    let (lost, ()) = tokio::join!(run, kill);
    assert!(matches!(lost, Outcome::Lost), "{lost:?}");

    world.stand_in.world().faults.clear();
    world.poll().await;
    assert_eq!(world.deployment.only_alert().await["condition"], "firing");
    assert_eq!(world.stand_in.issued_and_throttled(), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_of_the_poller_shows_a_secret() {
    let world = World::start().await;
    world.is_at(&world.down());
    world.poll().await;
    world.stand_in.world().kill_tokens();
    world.stand_in.world().fail("/current_status", [Fault::Echo(500)]);
    world.poll().await;

    let log = world.poller.stop().await;
    assert!(log.contains("site24x7"), "{log}");
    for secret in [CLIENT_SECRET, REFRESH_TOKEN, "1000.access.", token("site24x7")] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}
