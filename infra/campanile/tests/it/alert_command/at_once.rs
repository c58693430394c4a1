//! What people do with all alerts of a kind at once.

use super::{fingerprint, three_ring};
use crate::operator::{Operator, READER};
use crate::transcripts::assert_transcript;

#[tokio::test(flavor = "multi_thread")]
async fn all_that_match_are_taken_and_those_that_somebody_has_are_left_to_them() {
    let mut operator = three_ring().await;
    operator.answer(&format!("ack {} --who bo", fingerprint(&operator, "DiskFull").await)).await;
    operator.run("ack instance=~db.* --note 'the database people'").await;
    operator.run("alerts").await;
    operator.run("ack instance=~db.*").await;
    operator.run("ack instance=~db.* severity=warning --undo").await;
    operator.run("ack severity!=none --who cy").await;
    operator.run("resolve instance=nowhere").await;
    operator.run("note alertname=JobLate --note 'it is always late'").await;
    operator.run("counts").await;
    assert_transcript!("alerts", operator.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_means_no_alert_is_refused_before_anything_is_done() {
    let mut operator = three_ring().await;
    let disk = fingerprint(&operator, "DiskFull").await;
    operator.run(&format!("ack {disk} severity=warning")).await;
    operator.run("ack db-01").await;
    operator.run("ack a=~(").await;
    operator.run("alerts --handling acknowledged").await;
    assert_transcript!("alerts", operator.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_that_match_each_that_cannot_be_taken_is_named() {
    let mut operator = three_ring().await;
    operator.run(&format!("ack severity!=none --token {READER}")).await;
    assert_transcript!("alerts", operator.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_firing_is_counted_and_who_speaks_is_listed() {
    let quiet = Operator::before_a_bundle().await;
    assert_eq!(quiet.answer("counts").await, "nothing is open\n");
    assert!(quiet.answer("sources").await.starts_with("no source has spoken yet: `campanile send "));
    let mut operator = three_ring().await;
    operator.answer("send netdata nested-raised-critical").await;
    // What is counted follows what is recorded.
    while !operator.answer("counts").await.starts_with("4 firing") {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    // So do the pollers, each of which says once that it has nothing to go by.
    while json(&operator, "sources --json").await["upkeep"].as_object().is_none_or(|known| known.len() < 4) {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    operator.run("counts").await;
    operator.run("sources").await;
    operator.run("sources --limit 1").await;
    for line in ["counts --json", "sources --json"] {
        let answer = json(&operator, line).await;
        let name = if line.starts_with("counts") { "by_severity" } else { "totals" };
        assert!(answer[name].is_object(), "{line}: {answer}");
    }
    assert_transcript!("alerts", operator.transcript());
}

async fn json(operator: &Operator, line: &str) -> serde_json::Value {
    serde_json::from_str(&operator.answer(line).await).unwrap()
}
