//! From a source's request to all seven destinations: a raised alert, an acknowledgement, the recovery.

use std::time::Duration;

use channels::testing::destinations::{FIRST_SEVEN, Notified, StandIn};
use serde_json::{Value, json};
use tests::function::Setup;
use tests::{
    Alarm, Bundle, Call, Data, Deployment, Function, Reader, Receiver, WRITE_TOKEN, eventually, secrets,
};
use tokio::time::sleep;

use super::call;
use super::mapping::{Handed, Mapping};

/// Who is notified of an acknowledgement.
const NOTIFIED_OF_HANDLING: [&str; 3] = ["pagerduty", "opsgenie", "webhook"];
/// What of the destinations' settings must never be logged.
const CREDENTIALS: [&str; 3] =
    ["0123456789abcdef0123456789abcdef", "11111111-2222-3333-4444-555555555555", "token-of-ours"];

/// The secrets of the tests, and all seven destinations; the webhook's body is the one that has the handling.
fn secrets_with(stand_in: &StandIn) -> Value {
    let mut secrets = secrets();
    let mut settings = stand_in.settings(&Value::Null);
    for destination in settings["destinations"].as_array_mut().unwrap() {
        if destination["type"] == "webhook" {
            destination["settings"]["body"] = json!("cloudevents");
        } else {
            // The end comes at once and is not collected.
            destination["group_interval_secs"] = json!(0);
        }
    }
    secrets["campanile/destinations"] = settings;
    secrets
}

/// The last notification of each destination, once it has so many; a further one would be one too many.
async fn last_notified(stand_in: &StandIn, count: impl Fn(&str) -> usize) -> [Notified; 7] {
    let counts = || FIRST_SEVEN.map(|destination| stand_in.notified(destination).len());
    let expected = FIRST_SEVEN.map(&count);
    eventually(&format!("{expected:?} things notified"), async || {
        let counts = counts();
        counts.iter().zip(&expected).all(|(count, expected)| count >= expected)
    })
    .await;
    assert_eq!(counts(), expected);
    FIRST_SEVEN.map(|destination| stand_in.notified(destination).pop().unwrap())
}

/// How many notifications `destination` has: `notified`, as all have, and an acknowledgement for some.
fn and_the_acknowledgement(notified: usize) -> impl Fn(&str) -> usize {
    move |destination| notified + usize::from(NOTIFIED_OF_HANDLING.contains(&destination))
}

/// The same at the end, of which Discord is notified twice: by an edit of the message that is there, which notifies nobody, and a new one.
fn and_the_end(destination: &str) -> usize {
    and_the_acknowledgement(2)(destination) + usize::from(destination == "discord")
}

async fn notify_of_one_alert(campanile: &dyn Receiver, stand_in: &StandIn) {
    let say = async |step, status| {
        let answer = campanile.answer(&call(&Alarm::step(0, step, status))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    say(0, "Critical").await;
    for notified in last_notified(stand_in, |_| 1).await {
        let text = notified.text().replace('\\', "");
        assert!(text.contains("alert_0") && !notified.is_end(), "{notified:?}");
    }

    let alert = campanile.only_alert().await;
    let path = format!("/v1/alerts/{}/acknowledge", alert["fingerprint"].as_str().unwrap());
    let acknowledgement = json!({ "by": "ada", "note": "on it" }).to_string();
    let answer = campanile.answer(&Call::post(&path, acknowledgement).bearer(WRITE_TOKEN)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let [_, pagerduty, _, opsgenie, _, _, webhook] =
        last_notified(stand_in, and_the_acknowledgement(1)).await;
    assert_eq!(pagerduty.body["event_action"], "acknowledge");
    assert!(opsgenie.path.ends_with("/acknowledge"), "{opsgenie:?}");
    assert_eq!((&opsgenie.body["user"], &opsgenie.body["note"]), (&json!("ada"), &json!("on it")));
    assert_eq!(webhook.body["type"], "campanile.alert.acknowledged.v1");

    say(1, "Clear").await;
    for notified in last_notified(stand_in, and_the_end).await {
        assert!(notified.is_end(), "{notified:?}");
    }
    assert_everything_is_sent(campanile).await;
}

/// What is recorded behind the destinations' backs, which a moment after the last answer is complete.
async fn assert_everything_is_sent(campanile: &dyn Receiver) {
    let notifications_sent = 2 * FIRST_SEVEN.len() + NOTIFIED_OF_HANDLING.len();
    let sent = async || {
        let listed = campanile.read("/v1/notifications?limit=1000").await;
        let listed = listed["notifications"].as_array().unwrap().clone();
        listed.len() == notifications_sent
            && listed.iter().all(|notification| notification["state"] == "sent")
    };
    eventually("every notification sent", sent).await;
}

fn assert_no_credential(log: &str) {
    for credential in CREDENTIALS {
        assert!(!log.contains(credential), "{log}");
    }
}

/// Has the notifier called by the stream of the table, for as long as this is polled.
async fn be_lambda(mapping: &Mapping, notifier: &Function) {
    loop {
        match mapping.hand_on(notifier).await {
            Handed::Over => {}
            Handed::Nothing => {
                sleep(Duration::from_millis(20)).await;
                // No invocation of the notifier's own can be had here, so each tick serves whoever was missed.
                notifier.run(&json!({ "tick": "retry" })).await;
            }
            Handed::Lost => panic!("the notifier died:\n{}", notifier.log()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deployed_functions_notify_all_seven_of_an_alert_its_acknowledgement_and_its_end() {
    let stand_in = StandIn::start().await;
    let deployment = Deployment::start(&secrets_with(&stand_in)).await;
    let Some(table) = deployment.cloud().embedded_table() else { return };
    let (mapping, setup) = (Mapping::of(table), Setup::new("notifier", deployment.cloud().url()));
    let notifier = Function::start(setup).await;
    tokio::select! {
        () = notify_of_one_alert(&deployment, &stand_in) => {}
        () = be_lambda(&mapping, &notifier) => {}
    }
    assert_no_credential(&notifier.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_local_bundle_notifies_all_seven_of_an_alert_its_acknowledgement_and_its_end() {
    let stand_in = StandIn::start().await;
    let bundle = Bundle::start(&Data::InMemory, Some(&secrets_with(&stand_in))).await;
    notify_of_one_alert(&bundle, &stand_in).await;
    assert_no_credential(&bundle.kill().await);
}
