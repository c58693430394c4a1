//! Promise 4: whatever was answered 2xx can be read.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::Value;
use tests::{
    Alarm, Answer, Bundle, Call, Data, Reader, Receiver, everywhere, fixture, secrets, webhook_call,
};

/// How many notifications of each kind are sent.
const OF_EACH: usize = 20;

/// A source, and a body that it sends.
type Sent = (&'static str, String);

/// Tencent's alarm of an instance of its own.
fn alarm(number: usize) -> String {
    fixture("tencent", "metric-firing").replace("ins-aaaa1111", &format!("ins-{number}"))
}

/// Bodies that are all different, and by whom they are sent: understood ones, and others.
fn bodies() -> (Vec<Sent>, Vec<Sent>) {
    let understood = (0..OF_EACH).flat_map(|n| [("netdata", Alarm::raised(n).body()), ("tencent", alarm(n))]);
    let others =
        (0..OF_EACH).flat_map(|n| [("netdata", format!("{{{n}")), ("tencent", format!(r#"{{"a":{n}}}"#))]);
    (understood.collect(), others.collect())
}

fn call((source, body): &Sent) -> Call {
    webhook_call(source, body.clone().into_bytes())
}

async fn send(campanile: &dyn Receiver, bodies: &[Sent]) -> Vec<Answer> {
    let calls: Vec<_> = bodies.iter().map(call).collect();
    join_all(calls.iter().map(|call| campanile.answer(call))).await
}

/// The texts `name` of `entries`.
fn texts<'a>(entries: &'a [Value], name: &str) -> BTreeSet<&'a str> {
    entries.iter().map(|entry| entry[name].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_4_what_was_answered_2xx_is_an_alert_with_its_raw_body_or_in_quarantine() {
    for campanile in everywhere().await {
        let (understood, others) = bodies();
        assert!(send(&*campanile, &understood).await.iter().all(Answer::is_success));
        let refused = send(&*campanile, &others).await;
        assert!(refused.iter().all(|answer| matches!(answer.status, 200 | 422)));

        let events = campanile.events("raw=true").await;
        assert_eq!(texts(&events, "raw"), understood.iter().map(|(_, body)| body.as_str()).collect());
        for event in &events {
            let fingerprint = event["fingerprint"].as_str().unwrap();
            let alert = campanile.read(&format!("/v1/alerts/{fingerprint}")).await;
            assert_eq!(alert["fingerprint"], fingerprint);
            assert_eq!(campanile.history(fingerprint).await[0]["raw"], event["raw"]);
        }
        let kept = campanile.quarantine().await;
        assert_eq!(texts(&kept, "body"), others.iter().map(|(_, body)| body.as_str()).collect());
        let ids: Vec<_> = refused.iter().map(Answer::json).collect();
        assert_eq!(texts(&kept, "id"), texts(&ids, "quarantine_id"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_4_a_killed_bundle_still_has_what_it_answered_2xx() {
    let directory = tempfile::tempdir().unwrap();
    let data = Data::Directory(directory.path().to_owned());
    let bundle = Bundle::start(&data, Some(&secrets())).await;
    let (understood, others) = bodies();
    assert!(send(&bundle, &understood).await.iter().all(Answer::is_success));
    send(&bundle, &others).await;

    bundle.kill().await;

    let bundle = Bundle::start(&data, Some(&secrets())).await;
    assert_eq!(bundle.alerts("").await.len(), understood.len());
    assert_eq!(bundle.events("").await.len(), understood.len());
    assert_eq!(bundle.quarantine().await.len(), others.len());
}
