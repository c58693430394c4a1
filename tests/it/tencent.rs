//! What Tencent Cloud Monitor sends, from the request to what the API shows.

use serde_json::Value;
use tests::{
    Answer, Call, Reader, Receiver, TENCENT_TOKEN, VALIDATION_CODE, everywhere, fixture, notification,
    webhook_call,
};

async fn send(campanile: &dyn Receiver, situation: &str) -> Answer {
    campanile.answer(&notification("tencent", situation)).await
}

/// The answer that makes Tencent content, for the session of the fixture.
fn acknowledgement(situation: &str) -> String {
    let body: Value = serde_json::from_str(&fixture("tencent", situation)).unwrap();
    format!(r#"{{"sessionId":{},"retCode":0}}"#, body["sessionId"])
}

async fn assert_acknowledged(campanile: &dyn Receiver, situation: &str) {
    let answer = send(campanile, situation).await;
    assert_eq!((answer.status, answer.text()), (200, acknowledgement(situation).as_str()), "{situation}");
    assert_eq!(answer.header("content-type"), "application/json");
}

/// The transitions of the only alert, newest first.
async fn transitions(campanile: &dyn Receiver) -> Vec<Value> {
    let alert = campanile.only_alert().await;
    let history = campanile.history(alert["fingerprint"].as_str().unwrap()).await;
    history.iter().map(|event| event["transition"].clone()).collect()
}

#[tokio::test]
async fn an_alarm_fires_is_repeated_a_day_later_and_recovers() {
    for campanile in everywhere().await {
        assert_acknowledged(&*campanile, "metric-firing").await;
        let alert = campanile.only_alert().await;
        assert_eq!(alert["title"], "DiskUtilization > 95% on web-1");
        let times = ["started_at", "condition_since", "last_seen", "episode"].map(|name| alert[name].clone());
        assert_eq!(times, ["2021-05-04T20:37:00Z"; 4]);
        assert_eq!(alert["condition"], "firing");

        assert_acknowledged(&*campanile, "repeat-after-a-day").await;
        let alert = campanile.only_alert().await;
        assert_eq!(
            [&alert["condition"], &alert["last_seen"], &alert["value"]],
            ["firing", "2021-05-05T20:37:00Z", "96.739%"]
        );

        assert_acknowledged(&*campanile, "recovery").await;
        let alert = campanile.only_alert().await;
        let times = ["condition", "started_at", "ended_at"].map(|name| alert[name].clone());
        assert_eq!(times, ["resolved", "2021-05-04T20:37:00Z", "2021-05-06T00:46:00Z"]);
        assert_eq!(alert["occurrences"], 2);
        assert_eq!(transitions(&*campanile).await, ["resolved", "repeated", "opened"]);
    }
}

#[tokio::test]
async fn a_request_under_a_new_session_is_a_duplicate_that_hears_of_its_own_session() {
    for campanile in everywhere().await {
        assert_acknowledged(&*campanile, "metric-firing").await;
        assert_acknowledged(&*campanile, "resend-with-a-new-session").await;
        assert_eq!(transitions(&*campanile).await, ["opened"]);
    }
}

#[tokio::test]
async fn numbers_as_text_and_as_numbers_mean_the_same_event() {
    for campanile in everywhere().await {
        assert_acknowledged(&*campanile, "repeat-after-a-day").await;
        assert_acknowledged(&*campanile, "repeat-with-every-number-as-text").await;
        assert_acknowledged(&*campanile, "repeat-with-every-number-as-a-number").await;
        assert_eq!(transitions(&*campanile).await, ["opened"]);
    }
}

#[tokio::test]
async fn an_event_alarm_recovers_in_its_own_second_whichever_comes_first() {
    for order in [["event-ping-unreachable", "event-recovery"], ["event-recovery", "event-ping-unreachable"]]
    {
        for campanile in everywhere().await {
            for situation in order {
                assert_acknowledged(&*campanile, situation).await;
            }
            let alert = campanile.only_alert().await;
            assert_eq!(
                [&alert["condition"], &alert["ended_at"]],
                ["resolved", "2021-04-20T02:23:24Z"],
                "{order:?}"
            );
            assert_eq!(alert["occurrences"], 1);
        }
    }
}

#[tokio::test]
async fn a_session_is_echoed_exactly_as_it_was_written() {
    for campanile in everywhere().await {
        for session in
            [r#""a\u0041\/ü""#, "1234567890123456789012345", "1.50e3", r#"{"a": [1, null]}"#, "null"]
        {
            let body = fixture("tencent", "metric-firing").replace(r#""AAAAbbbbCCCCdddd11112222""#, session);
            let answer = campanile.answer(&webhook_call("tencent", body.into_bytes())).await;
            assert_eq!(
                (answer.status, answer.text()),
                (200, format!(r#"{{"sessionId":{session},"retCode":0}}"#).as_str())
            );
        }
    }
}

#[tokio::test]
async fn a_probe_is_acknowledged_and_leaves_nothing() {
    for campanile in everywhere().await {
        for body in ["", "{}", " \r\n"] {
            let answer = campanile.answer(&webhook_call("tencent", body.into())).await;
            assert_eq!((answer.status, answer.text()), (200, r#"{"sessionId":"","retCode":0}"#), "{body:?}");
        }
        campanile.assert_empty().await;
    }
}

#[tokio::test]
async fn the_verification_probe_gets_the_code_of_the_console() {
    for campanile in everywhere().await {
        let answer = send(&*campanile, "verification-probe").await;
        assert_eq!((answer.status, answer.text()), (200, VALIDATION_CODE));
        assert_eq!(answer.header("content-type"), "text/plain");
        assert_eq!(campanile.quarantine().await[0]["reason"], "verification_probe");
    }
}

#[tokio::test]
async fn whatever_the_content_type_the_body_is_read() {
    for campanile in everywhere().await {
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "nonsense"] {
            let call =
                Call::new("POST", "/tencent").bearer(TENCENT_TOKEN).header("content-type", content_type);
            let answer = campanile.answer(&call.body(fixture("tencent", "metric-firing"))).await;
            assert_eq!((answer.status, answer.text()), (200, acknowledgement("metric-firing").as_str()));
        }
        assert_eq!(transitions(&*campanile).await, ["opened"]);
    }
}
