//! What Netdata sends, from the request to what the API shows.

use serde_json::{Value, json};
use tests::cloud::Fault;
use tests::{Answer, Call, Deployment, Reader, Receiver, everywhere, notification, secrets};

/// The answer to one event that was new.
const RECORDED: &str = r#"{"status":"ok","recorded":1,"duplicates":0}"#;
/// The answer to one event that was known.
const DUPLICATE: &str = r#"{"status":"ok","recorded":0,"duplicates":1}"#;

async fn send(campanile: &dyn Receiver, situation: &str) -> Answer {
    let answer = campanile.answer(&notification("netdata", situation)).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "application/json"),
        "{}",
        answer.text()
    );
    answer
}

/// The members `names` of `alert`, in their order.
fn members<const N: usize>(alert: &Value, names: [&str; N]) -> [Value; N] {
    names.map(|name| alert[name].clone())
}

#[tokio::test]
async fn a_nested_alert_is_read_back_as_its_page_says() {
    for campanile in everywhere().await {
        assert_eq!(send(&*campanile, "nested-raised-critical").await.text(), RECORDED);

        let alert = campanile.only_alert().await;
        assert_eq!(
            members(&alert, ["source", "account", "condition", "handling", "severity", "title", "value"]),
            [
                "netdata",
                "3f7b1c52-9d0e-4a86-b1f4-52c0a7e6d913",
                "firing",
                "open",
                "critical",
                "System swap memory utilization on web-01.example.net",
                "100%",
            ]
        );
        let times = members(&alert, ["started_at", "condition_since", "first_seen", "last_seen"]);
        assert_eq!(times, ["2026-03-03T03:11:48Z"; 4]);
        assert_eq!(alert["labels"]["alertname"], "used_swap");
        assert_eq!(members(&alert, ["occurrences", "flaps", "revision"]), [1, 0, 1]);
    }
}

#[tokio::test]
async fn a_nested_clear_resolves_the_alert_that_it_belongs_to() {
    for campanile in everywhere().await {
        send(&*campanile, "nested-raised-critical").await;
        assert_eq!(send(&*campanile, "nested-recovered").await.text(), RECORDED);

        let alert = campanile.only_alert().await;
        assert_eq!(
            members(&alert, ["condition", "severity", "started_at", "ended_at", "condition_since"]),
            ["resolved", "critical", "2026-03-03T03:11:48Z", "2026-03-03T03:15:08Z", "2026-03-03T03:15:08Z"]
        );
        let history = campanile.history(alert["fingerprint"].as_str().unwrap()).await;
        let transitions: Vec<_> = history.iter().map(|event| event["transition"].clone()).collect();
        assert_eq!(transitions, ["resolved", "opened"]);
    }
}

#[tokio::test]
async fn a_flat_alert_is_the_same_in_its_older_and_its_newer_spelling() {
    for campanile in everywhere().await {
        assert_eq!(send(&*campanile, "flat-v1.42-warning").await.text(), RECORDED);
        assert_eq!(send(&*campanile, "flat-v2-without-link").await.text(), DUPLICATE);

        let alert = campanile.only_alert().await;
        assert_eq!(
            members(&alert, ["account", "condition", "severity", "resource", "value", "last_seen"]),
            ["Example", "firing", "warning", "db-01", "92%", "2026-03-03T03:00:00Z"]
        );
        assert_eq!(alert["labels"]["rooms"], "db");
    }
}

#[tokio::test]
async fn a_flat_clear_resolves_even_at_the_very_second_of_the_alert() {
    for campanile in everywhere().await {
        send(&*campanile, "flat-v1.42-warning").await;
        assert_eq!(send(&*campanile, "flat-v1.42-clear").await.text(), RECORDED);

        let alert = campanile.only_alert().await;
        assert_eq!(
            members(&alert, ["condition", "severity", "ended_at"]),
            ["resolved", "warning", "2026-03-03T03:00:00Z"]
        );
    }
}

#[tokio::test]
async fn a_clear_that_is_older_than_what_is_known_is_history_only() {
    for campanile in everywhere().await {
        send(&*campanile, "flat-v1.42-critical").await;
        send(&*campanile, "flat-v1.42-clear").await;

        let alert = campanile.only_alert().await;
        assert_eq!(members(&alert, ["condition", "severity"]), ["firing", "critical"]);
        let history = campanile.history(alert["fingerprint"].as_str().unwrap()).await;
        let transitions: Vec<_> = history.iter().map(|event| event["transition"].clone()).collect();
        assert_eq!(transitions, ["opened", "late"]);
    }
}

#[tokio::test]
async fn a_reachability_notification_with_three_nodes_is_three_alerts_that_resolve_each_by_itself() {
    for campanile in everywhere().await {
        let answer = send(&*campanile, "reachability-three-nodes").await;
        assert_eq!(answer.text(), r#"{"status":"ok","recorded":3,"duplicates":0}"#);
        let hosts = |alerts: Vec<Value>| {
            let mut hosts: Vec<_> = alerts.iter().map(|alert| alert["resource"].clone()).collect();
            hosts.sort_by_key(ToString::to_string);
            hosts
        };
        assert_eq!(hosts(campanile.alerts("condition=firing").await), ["web-01", "web-02", "web-03"]);

        let answer = send(&*campanile, "reachability-two-nodes-reachable-again").await;

        assert_eq!(answer.text(), r#"{"status":"ok","recorded":2,"duplicates":0}"#);
        assert_eq!(hosts(campanile.alerts("condition=resolved").await), ["web-01", "web-02"]);
        assert_eq!(hosts(campanile.alerts("condition=firing").await), ["web-03"]);
    }
}

#[tokio::test]
async fn a_flat_reachability_notification_opens_and_resolves_one_alert() {
    for campanile in everywhere().await {
        assert_eq!(send(&*campanile, "reachability-flat-unreachable").await.text(), RECORDED);
        let alert = campanile.only_alert().await;
        assert_eq!(
            members(&alert, ["account", "condition", "severity", "title", "resource"]),
            ["example", "firing", "critical", "web-01 is unreachable", "web-01"]
        );

        assert_eq!(send(&*campanile, "reachability-flat-reachable-again").await.text(), RECORDED);

        assert_eq!(campanile.only_alert().await["condition"], "resolved");
    }
}

#[tokio::test]
async fn a_test_notification_can_be_read_and_opens_nothing() {
    for campanile in everywhere().await {
        let token = "b8f3d0a7-6e15-4c92-a47b-30d9e1f5c286";
        let answer = send(&*campanile, "test-notification").await;
        assert_eq!(answer.text(), format!(r#"{{"status":"ok","test":true,"token":"{token}"}}"#));

        assert!(campanile.alerts("").await.is_empty());
        let notices = campanile.events("source=netdata&signal=notice").await;
        assert_eq!(notices.len(), 1);
        assert_eq!(
            members(&notices[0], ["severity", "account", "title"]),
            ["info", "unknown", "Test Notification"]
        );
        assert_eq!(notices[0]["annotations"]["token"], token);
        assert_eq!(notices[0]["transition"], Value::Null);
    }
}

#[tokio::test]
async fn the_challenge_is_answered_without_credentials_and_byte_for_byte() {
    let expected = r#"{"response_token":"sha256=W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="}"#;
    for campanile in everywhere().await {
        for query in ["what%20do%20ya%20want%20for%20nothing%3F", "what+do+ya+want+for+nothing%3F"] {
            let answer = campanile.answer(&Call::get(&format!("/netdata?crc_token={query}"))).await;
            assert_eq!((answer.status, answer.text()), (200, expected));
            assert_eq!(answer.header("content-type"), "application/json");
        }
    }
}

#[tokio::test]
async fn a_challenge_without_a_usable_question_is_a_bad_request() {
    for campanile in everywhere().await {
        for query in ["", "crc_token=", "crc_token=%20", &format!("crc_token={}", "x".repeat(1025))] {
            let answer = campanile.answer(&Call::get(&format!("/netdata?{query}"))).await;
            assert_eq!(answer.status, 400, "{query}");
            assert!(answer.json()["error"].is_string());
        }
        let longest = Call::get(&format!("/netdata?crc_token={}", "x".repeat(1024)));
        assert_eq!(campanile.answer(&longest).await.status, 200);
    }
}

#[tokio::test]
async fn a_challenge_is_not_found_where_no_challenge_secret_is_configured() {
    let mut secrets = secrets();
    secrets["campanile/netdata"] = json!({ "tokens": ["another-token"] });
    let deployment = Deployment::start(&secrets).await;
    assert_eq!(deployment.answer(&Call::get("/netdata?crc_token=abc")).await.status, 404);
}

#[tokio::test]
async fn the_challenge_needs_no_table() {
    let deployment = Deployment::start(&secrets()).await;
    deployment.cloud().fail(|operation| (operation != "GetSecretValue").then_some(Fault::Silence));
    assert_eq!(deployment.answer(&Call::get("/netdata?crc_token=abc")).await.status, 200);
}
