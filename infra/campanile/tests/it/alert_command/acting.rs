//! What people do with alerts.

use serde_json::Value;

use super::{DISK, fingerprint, three_ring};
use crate::transcripts::assert_transcript;

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_taken_given_back_written_about_and_ended() {
    let mut operator = three_ring().await;
    let disk = fingerprint(&operator, "DiskFull").await;
    operator.run(&format!("ack {disk} --note 'on it' --who bo")).await;
    operator.run("alerts instance=db-01").await;
    operator.run(&format!("ack {disk} --undo")).await;
    operator.run(&format!("note {disk} --note 'the backup fills it'")).await;
    operator.run(&format!("resolve {disk} --note 'made room'")).await;
    operator.run(&format!("ack {disk}")).await;
    operator.run(&format!("resolve {disk}")).await;
    operator.run(&format!("ack {} --undo", fingerprint(&operator, "SwapUsed").await)).await;
    assert_transcript!("alerts", operator.transcript());
    let notes: Value =
        serde_json::from_str(&operator.api(&format!("/v1/alerts/{disk}/notes")).await).unwrap();
    let notes = notes["notes"].as_array().unwrap().iter();
    let notes: Vec<_> =
        notes.map(|note| ["by", "action", "text"].map(|name| note[name].as_str().unwrap())).collect();
    let expected = [
        ["ana", "resolve", "made room"],
        ["ana", "note", "the backup fills it"],
        ["ana", "unacknowledge", ""],
        ["bo", "acknowledge", "on it"],
    ];
    assert_eq!(notes, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_alerts_each_is_taken_that_can_be_and_the_others_are_named() {
    let mut operator = three_ring().await;
    let [disk, swap] = [fingerprint(&operator, "DiskFull").await, fingerprint(&operator, "SwapUsed").await];
    operator.run(&format!("resolve {disk}")).await;
    let nobody = "0".repeat(32);
    operator.run(&format!("ack {disk} {swap} {nobody} --note both")).await;
    // A slip of the finger takes none.
    operator.run(&format!("ack {swap} 0000 --undo")).await;
    operator.run("alerts --handling acknowledged").await;
    assert_transcript!("alerts", operator.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_name_it_is_whose_token_it_is() {
    let operator = three_ring().await;
    let line = format!("ack {}", fingerprint(&operator, "DiskFull").await);
    for unnamed in [operator.command(&line).env_remove("USER"), operator.command(&line).env("USER", " ")] {
        assert!(unnamed.output().await.unwrap().status.success());
        let alert: Value =
            serde_json::from_str(&operator.answer("alerts instance=db-01 --json").await).unwrap();
        assert_eq!(alert["alerts"][0]["acknowledgement"]["by"], "developer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_that_fires_goes_before_one_that_has_ended_where_both_are_meant() {
    let operator = three_ring().await;
    let disk = fingerprint(&operator, "DiskFull").await;
    operator.answer(&format!("resolve {}", &disk[..5])).await;
    let shown = operator.answer(&format!("alert {}", &disk[..5])).await;
    assert!(shown.contains("resolved since"), "{shown}");
    // By its own clock it fires again after a person has ended it.
    operator.fire(&[(DISK, -31)]).await;
    let shown = operator.answer(&format!("alert {}", disk[..5].to_uppercase())).await;
    assert!(shown.contains("firing since"), "{shown}");
}
