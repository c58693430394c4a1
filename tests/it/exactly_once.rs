//! Promise 1: any number of requests of one event, in parallel, leaves one of everything.

use futures::{StreamExt, stream};
use serde_json::Value;
use tests::function::Setup;
use tests::{
    Alarm, Answer, Bundle, Call, Data, Deployment, Reader, Receiver, eventually, fixture, secrets,
    webhook_call,
};

/// How many requests come, of Netdata all at once.
const REQUESTS: usize = 200;
/// How many of Tencent's come at once: it waits 4 seconds, in which a busy machine may not manage 200 of them.
const TENCENTS: usize = 20;

/// Many execution environments for the webhooks, as Lambda starts them under load.
fn crowd(setup: Setup) -> Setup {
    if setup.name == "alerts-api" { setup } else { setup.instances(8) }
}

/// Sends all calls, so many at a time.
async fn deliver(campanile: &dyn Receiver, calls: &[Call], at_a_time: usize) -> Vec<Answer> {
    let answers: Vec<_> = calls.iter().map(|call| campanile.answer(call)).collect();
    stream::iter(answers).buffered(at_a_time).collect().await
}

/// One event was recorded, once, and the other requests of it were counted.
async fn assert_one_of_everything(campanile: &dyn Receiver) {
    let alert = campanile.only_alert().await;
    assert_eq!(["revision", "occurrences", "flaps"].map(|name| alert[name].clone()), [1, 1, 0]);
    let history = campanile.history(alert["fingerprint"].as_str().unwrap()).await;
    assert_eq!(history.len(), 1);
    assert_eq!(history[0]["transition"], "opened");
    assert_eq!(campanile.events("").await.len(), 1);
    // The count of duplicates goes on behind the answers.
    let counted = async || campanile.only_alert().await["duplicates"].as_u64();
    eventually("every duplicate is counted", async || counted().await == Some(REQUESTS as u64 - 1)).await;
}

async fn netdata(campanile: &dyn Receiver) {
    let answers = deliver(campanile, &vec![Alarm::raised(1).call(); REQUESTS], REQUESTS).await;
    let notified =
        |name: &str| answers.iter().map(|answer| answer.json()[name].as_u64().unwrap()).sum::<u64>();
    assert!(answers.iter().all(Answer::is_success));
    assert_eq!((notified("recorded"), notified("duplicates")), (1, REQUESTS as u64 - 1));
    assert_one_of_everything(campanile).await;
}

async fn tencent(campanile: &dyn Receiver) {
    let mut body: Value = serde_json::from_str(&fixture("tencent", "metric-firing")).unwrap();
    let under_session = |number| {
        body["sessionId"] = format!("session-{number}").into();
        webhook_call("tencent", body.to_string().into_bytes())
    };
    let calls: Vec<_> = (0..REQUESTS).map(under_session).collect();
    for (number, answer) in deliver(campanile, &calls, TENCENTS).await.iter().enumerate() {
        assert_eq!(answer.text(), format!(r#"{{"sessionId":"session-{number}","retCode":0}}"#));
    }
    assert_one_of_everything(campanile).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_1_many_requests_at_once_to_the_functions_leave_one_of_everything() {
    let deployment = Deployment::with(&secrets(), crowd).await;
    netdata(&deployment).await;
    deployment.cloud().audit().await.assert_whole();
    let deployment = Deployment::with(&secrets(), crowd).await;
    tencent(&deployment).await;
    deployment.cloud().audit().await.assert_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_1_many_requests_at_once_to_the_bundle_leave_one_of_everything() {
    netdata(&Bundle::start(&Data::InMemory, Some(&secrets())).await).await;
    tencent(&Bundle::start(&Data::InMemory, Some(&secrets())).await).await;
}
