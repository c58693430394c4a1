//! A notification that was refused for good, sent by an operator's word.

use channels::testing::destinations::StandIn;
use serde_json::{Value, json};
use tests::function::{Outcome, Setup};
use tests::{Alarm, Call, Deployment, Function, READ_TOKEN, Reader, Receiver, WRITE_TOKEN, secrets};

use super::call;
use super::mapping::{Handed, Mapping};

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_that_was_refused_for_good_is_sent_when_an_operator_says_so() {
    let stand_in = StandIn::start().await;
    let mut secrets = secrets();
    let webhook = stand_in.destination("webhook", &Value::Null);
    secrets["campanile/destinations"] = json!({ "destinations": [webhook] });
    let deployment = Deployment::start(&secrets).await;
    let Some(table) = deployment.cloud().embedded_table() else { return };
    let notifier = Function::start(Setup::new("notifier", deployment.cloud().url())).await;

    stand_in.fail("webhook", 422);
    assert!(deployment.answer(&call(&Alarm::raised(0))).await.is_success());
    let mapping = Mapping::of(table);
    while mapping.hand_on(&notifier).await != Handed::Nothing {}
    assert!(matches!(notifier.run(&json!({ "tick": "retry" })).await, Outcome::Answered(_)));
    stand_in.recover("webhook");

    let failed = deployment.read("/v1/notifications?state=failed").await;
    let failed = &failed["notifications"][0];
    assert_eq!((&failed["destination"], &failed["state"]), (&json!("webhook"), &json!("failed")));
    assert!(failed["reason"].as_str().unwrap().contains("answered 422"), "{failed}");
    let retry = Call::post(&format!("/v1/notifications/{}/retry", failed["id"].as_str().unwrap()), "");
    assert_eq!(deployment.answer(&retry.clone().bearer(READ_TOKEN)).await.status, 403);
    assert!(deployment.answer(&retry.bearer(WRITE_TOKEN)).await.is_success());
    assert!(matches!(notifier.run(&json!({ "tick": "retry" })).await, Outcome::Answered(_)));

    let transitions: Vec<_> =
        stand_in.notified("webhook").into_iter().map(|notified| notified.transition).collect();
    assert_eq!(transitions, ["opened"]);
    let sent = deployment.read("/v1/notifications").await;
    assert_eq!(sent["notifications"][0]["state"], "sent");
}
