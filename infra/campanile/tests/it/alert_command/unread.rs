//! What was not understood, and what is read once more.

use serde_json::{Value, json};

use super::{name_events, three_ring};
use crate::operator::Operator;
use crate::transcripts::assert_transcript;

const TOKEN: &str = "campanile-development-netdata";

/// Sends `body` as Netdata, which is not understood; the id under which it waits.
async fn refused(operator: &Operator, body: impl Into<reqwest::Body>) -> String {
    let request = reqwest::Client::new().post(format!("{}/netdata", operator.url)).bearer_auth(TOKEN);
    let request = request.header("content-type", "application/json").header("user-agent", "hand").body(body);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["quarantine_id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_understood_is_listed_shown_and_deleted() {
    let mut operator = Operator::before_a_bundle().await;
    operator.run("quarantine").await;
    let empty = refused(&operator, "{}").await;
    let binary = refused(&operator, vec![0x1b, 0xff, b'[', b'2', b'J']).await;
    operator.call(&empty, 'E');
    operator.call(&binary, 'B');
    operator.run("quarantine --columns 100").await;
    operator.run(&format!("quarantine show {}", &empty[..18])).await;
    operator.run(&format!("quarantine show {binary}")).await;
    operator.run(&format!("quarantine replay {empty} {binary}")).await;
    operator.run(&format!("quarantine delete {empty} {binary}")).await;
    operator.run(&format!("quarantine delete {empty}")).await;
    operator.run(&format!("quarantine replay {empty}")).await;
    operator.run("quarantine list").await;
    assert_transcript!("quarantine", operator.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_too_large_for_one_answer_comes_whole() {
    let operator = Operator::before_a_bundle().await;
    for number in 0..24 {
        refused(&operator, json!({ "number": number, "much": "\"".repeat(100_000) }).to_string()).await;
    }
    let quarantine: Value = serde_json::from_str(&operator.answer("quarantine --json").await).unwrap();
    assert_eq!(quarantine["quarantine"].as_array().unwrap().len(), 24);
    assert_eq!(quarantine["next_cursor"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_read_once_more_and_nothing_counts_twice() {
    let mut operator = three_ring().await;
    let events: Value = serde_json::from_str(&operator.api("/v1/events").await).unwrap();
    let is_meant = |event: &&Value| event["title"] == "DiskFull on db-01";
    let event = events["events"].as_array().unwrap().iter().find(is_meant).unwrap();
    let [event, alert] = ["event_id", "fingerprint"].map(|name| event[name].as_str().unwrap().to_owned());
    name_events(&mut operator).await;
    for line in [
        format!("replay {event}"),
        format!("replay {}", &event[..8]),
        format!("replay {} --alert {}", &event[..8], &alert[..8]),
        format!("replay {event} --alert {alert}"),
        format!("replay {event} --alert {}", "0".repeat(32)),
        "replay 0000".to_owned(),
        format!("replay 0000 --alert {alert}"),
        "replay nothing".to_owned(),
    ] {
        let before = operator.answer("alerts --json").await;
        operator.run(&line).await;
        assert_eq!(operator.answer("alerts --json").await.len(), before.len());
    }
    assert_transcript!("quarantine", operator.transcript());
}
