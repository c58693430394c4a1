//! A table that fails: the sender hears of it in time, and nothing is half written.

use std::time::Duration;

use futures::future::join_all;
use tests::cloud::Fault;
use tests::function::Setup;
use tests::{Alarm, Deployment, Reader, Receiver, fixture, notification, secrets, webhook_call};
use tokio::time::Instant;

/// Tencent's own limit for one request.
const TENCENT_WAITS: Duration = Duration::from_secs(5);

/// A situation whose write goes through one operation of DynamoDB.
struct Case {
    source: &'static str,
    situation: &'static str,
    operation: &'static str,
    fault: Fault,
}

const FAULTS: [Fault; 4] = [
    Fault::Refused("InternalServerError"),
    Fault::Refused("ProvisionedThroughputExceededException"),
    Fault::Refused("AccessDeniedException"),
    Fault::Silence,
];

const WRITES: [(&str, &str, &str); 8] = [
    ("netdata", "nested-raised-critical", "PutItem"),
    ("netdata", "nested-raised-critical", "GetItem"),
    ("netdata", "nested-raised-critical", "TransactWriteItems"),
    ("netdata", "test-notification", "PutItem"),
    ("netdata", "quarantine-broken-json", "PutItem"),
    ("tencent", "metric-firing", "GetItem"),
    ("tencent", "metric-firing", "TransactWriteItems"),
    ("tencent", "bare-text", "PutItem"),
];

/// A function with little time, so that a test has some left.
fn hurried(setup: Setup) -> Setup {
    setup.timeout(Duration::from_secs(3))
}

fn cases(fault: Fault) -> impl Iterator<Item = Case> {
    WRITES.into_iter().map(move |(source, situation, operation)| Case { source, situation, operation, fault })
}

impl Case {
    async fn check(&self) {
        let deployment = Deployment::with(&secrets(), hurried).await;
        let (operation, fault) = (self.operation, self.fault);
        deployment.cloud().fail(move |called| (called == operation).then_some(fault));
        let answer = deployment.answer(&notification(self.source, self.situation)).await;

        let shown = format!("{} {} {operation} {fault:?}: {}", self.source, self.situation, answer.text());
        if self.source == "netdata" {
            assert_eq!(answer.status, 503, "{shown}");
            assert!(answer.json()["error"].is_string(), "{shown}");
        } else {
            assert_eq!((answer.status, answer.text()), (500, self.tencents_failure().as_str()), "{shown}");
        }
        assert_eq!(deployment.cloud().audit().await.kept(), 0, "{shown}");

        deployment.cloud().heal();
        let again = deployment.answer(&notification(self.source, self.situation)).await;
        assert!(matches!(again.status, 200 | 422), "{shown}, then {}", again.text());
        assert!(deployment.cloud().audit().await.kept() > 0, "{shown}");
    }

    fn tencents_failure(&self) -> String {
        let body: serde_json::Value =
            serde_json::from_str(&fixture("tencent", self.situation)).unwrap_or_default();
        let session = body["sessionId"].as_str().unwrap_or_default();
        format!(r#"{{"sessionId":"{session}","retCode":1}}"#)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_fails_is_a_5xx_with_nothing_stored_and_the_next_request_is_taken() {
    for fault in FAULTS {
        let cases: Vec<_> = cases(fault).collect();
        join_all(cases.iter().map(Case::check)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tencent_hears_within_five_seconds_that_the_table_is_silent() {
    let deployment = Deployment::start(&secrets()).await;
    assert_eq!(deployment.answer(&webhook_call("tencent", Vec::new())).await.status, 200);
    deployment.cloud().fail(|operation| (operation != "GetSecretValue").then_some(Fault::Silence));
    let start = Instant::now();
    let answer = deployment.answer(&notification("tencent", "metric-firing")).await;
    assert!(start.elapsed() < TENCENT_WAITS, "{:?}", start.elapsed());
    assert_eq!(
        (answer.status, answer.text()),
        (500, r#"{"sessionId":"AAAAbbbbCCCCdddd11112222","retCode":1}"#)
    );
}

#[tokio::test]
async fn a_table_that_fails_for_a_moment_is_not_noticed() {
    let deployment = Deployment::start(&secrets()).await;
    let mut failures = 5;
    deployment.cloud().fail(move |operation| {
        let fails = operation == "TransactWriteItems" && failures > 0;
        failures -= i32::from(fails);
        fails.then_some(Fault::Refused("InternalServerError"))
    });
    let answer = deployment.answer(&Alarm::raised(1).call()).await;
    assert_eq!((answer.status, answer.text()), (200, r#"{"status":"ok","recorded":1,"duplicates":0}"#));
    assert_eq!(deployment.cloud().faults(), 5);
    deployment.cloud().audit().await.assert_whole();
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_written_once() {
    let deployment = Deployment::start(&secrets()).await;
    let mut lost = false;
    deployment.cloud().fail(move |operation| {
        let loses = operation == "TransactWriteItems" && !lost;
        lost |= loses;
        loses.then_some(Fault::AnswerLost)
    });
    assert_eq!(deployment.answer(&Alarm::raised(1).call()).await.status, 200);
    assert_eq!(deployment.cloud().faults(), 1);
    let alert = deployment.only_alert().await;
    assert_eq!(["revision", "occurrences"].map(|name| alert[name].clone()), [1, 1]);
    let audit = deployment.cloud().audit().await;
    audit.assert_whole();
    assert_eq!((audit.alerts(), audit.events()), (1, 1));
}

#[tokio::test]
async fn a_notification_of_three_nodes_that_fails_midway_leaves_whole_alerts_only() {
    let deployment = Deployment::with(&secrets(), hurried).await;
    let mut writes = 0;
    deployment.cloud().fail(move |operation| {
        writes += i32::from(operation == "TransactWriteItems");
        (operation == "TransactWriteItems" && writes > 1).then_some(Fault::Refused("AccessDeniedException"))
    });
    let answer = deployment.answer(&notification("netdata", "reachability-three-nodes")).await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    let audit = deployment.cloud().audit().await;
    audit.assert_whole();
    assert!(audit.alerts() <= 1, "{} alerts", audit.alerts());

    deployment.cloud().heal();
    assert_eq!(deployment.answer(&notification("netdata", "reachability-three-nodes")).await.status, 200);
    let audit = deployment.cloud().audit().await;
    audit.assert_whole();
    assert_eq!(audit.alerts(), 3);
}

#[tokio::test]
async fn an_api_that_cannot_read_the_table_says_so() {
    let deployment = Deployment::start(&secrets()).await;
    deployment
        .cloud()
        .fail(|operation| (operation != "GetSecretValue").then_some(Fault::Refused("AccessDeniedException")));
    for target in ["/v1/alerts", "/v1/events", "/v1/quarantine", &format!("/v1/alerts/{}", "0".repeat(32))] {
        let answer = deployment.answer(&tests::Call::get(target).bearer(tests::READ_TOKEN)).await;
        assert_eq!(answer.status, 503, "{target}");
        assert_eq!(answer.json()["error"]["code"], "unavailable");
    }
}
