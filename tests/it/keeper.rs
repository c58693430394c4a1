//! The keeper's real binary beside the API's, before a KAZOO that remembers what it could not deliver.

use alert::Clock as _;
use kazoo::Credentials;
use kazoo::testing::{API_KEY, Effect, StandIn, Version};
use serde_json::{Value, json};
use tests::function::{Outcome, Setup};
use tests::{Deployment, Function, Reader, eventually, secrets, token};

const HOOK: &str = "h1";

/// API and keeper over one table.
struct World {
    kazoo: StandIn,
    deployment: Deployment,
    keeper: Function,
}

impl World {
    /// A KAZOO that has tried to deliver six calls in vain and has switched the hook off.
    async fn start() -> Self {
        let kazoo = StandIn::start(Version::V5).await;
        let now = aws::SystemClock.now();
        kazoo.clock.advance(now.as_second() - 60 - kazoo.clock.now().as_second());
        kazoo.crossbar().put(HOOK, json!({
            "hook": "channel_destroy", "name": "campanile channel_destroy", "http_verb": "post", "format": "json",
            "uri": format!("https://alerts.example.com/kazoo/{}?hook=channel_destroy", token("kazoo")),
            "retries": 3, "enabled": true,
        }));
        for number in 0..6 {
            let call = json!({
                "hook_event": "channel_destroy", "account_id": "A", "call_id": format!("call-{number}"),
                "hangup_cause": "NORMAL_CLEARING", "hangup_code": "sip:200", "timestamp": kazoo.clock.gregorian(),
            });
            kazoo.crossbar().attempt(HOOK, &call.to_string(), Some(503));
            kazoo.clock.advance(1);
        }
        let deployment = Deployment::start(&known_to(&kazoo)).await;
        let setup = Setup::new("source-keeper", deployment.cloud().url())
            .variable("CAMPANILE_PUBLIC_URL", "https://alerts.example.com");
        Self { keeper: Function::start(setup).await, kazoo, deployment }
    }

    async fn keep(&self) {
        match self.keeper.run(&json!({})).await {
            Outcome::Answered(_) => {}
            other => panic!("{other:?}\n{}", self.keeper.log()),
        }
    }
}

/// The usual secrets, with what the keeper needs.
fn known_to(kazoo: &StandIn) -> Value {
    let base_url = kazoo.configuration(Credentials::api_key(API_KEY).unwrap()).base_url;
    let mut secrets = secrets();
    secrets["campanile/kazoo"]["url"] = json!(base_url.to_string());
    secrets["campanile/kazoo"]["api_key"] = json!(API_KEY);
    secrets
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_was_switched_off_is_on_and_what_it_tried_is_there_once() {
    let world = World::start().await;
    assert!(!world.kazoo.crossbar().is_on(HOOK));
    world.keep().await;
    assert!(world.kazoo.crossbar().is_on(HOOK));
    let alert = world.deployment.only_alert().await;
    assert_eq!([&alert["source"], &alert["condition"]], ["campanile", "firing"]);
    assert!(alert["annotations"]["events_lost_to"].is_string(), "{alert}");

    world.keep().await;
    assert_eq!(world.deployment.only_alert().await["condition"], "resolved");
    // Six calls, and what was said of the hook: that it is off, that it is on again, that it is over.
    assert_eq!(world.deployment.cloud().audit().await.events(), 6 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keeper_that_is_killed_at_work_loses_nothing() {
    let world = World::start().await;
    world.kazoo.crossbar().fail_next("GET", "webhooks/attempts", Effect::Silence);
    let schedule = json!({});
    let run = world.keeper.run(&schedule);
    let kill = async {
        let asked =
            async || world.kazoo.crossbar().lines().iter().any(|line| line.ends_with("webhooks/attempts"));
        eventually("the keeper has asked for attempts", asked).await;
        world.keeper.kill(0).await;
    };
    let (lost, ()) = tokio::join!(run, kill);
    assert!(matches!(lost, Outcome::Lost), "{lost:?}");
    assert!(world.kazoo.crossbar().is_on(HOOK), "the hooks come first");

    world.keep().await;
    assert_eq!(world.deployment.cloud().audit().await.events(), 6 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_of_the_keeper_shows_a_secret() {
    let world = World::start().await;
    world.keep().await;
    world.kazoo.crossbar().fail_next("GET", "webhooks/attempts", Effect::Echo(500));
    world.keep().await;
    let log = world.keeper.stop().await;
    assert!(log.contains("attempts not replayed"), "{log}");
    for secret in [API_KEY, token("kazoo"), "eyJhbGciOiJSUzI1NiJ9", "bm9ib2R5OnMzY3IzdA"] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}
