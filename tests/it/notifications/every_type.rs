//! From each source to destinations of every type: what is critical arrives, and the recovery ends it.

use channels::testing::destinations::{Notified, StandIn, every_type};
use serde_json::{Value, json};
use tests::{
    Alarm, Bundle, Call, Data, Reader, Receiver, WRITE_TOKEN, eventually, fixture, secrets, token,
    webhook_call,
};

use super::call;

/// What one source says of something that breaks and recovers.
struct Story {
    source: &'static str,
    breaks: Call,
    recovers: Call,
    /// A word of it that every destination shows.
    word: &'static str,
}

fn stories() -> Vec<Story> {
    let json_of =
        |source: &'static str, situation| webhook_call(source, fixture(source, situation).into_bytes());
    let form = |body: &'static str| {
        Call::post("/kazoo", body)
            .header("content-type", "application/x-www-form-urlencoded")
            .bearer(token("kazoo"))
    };
    let alertmanager = |body: String| Call::post("/v1/alertmanager", body).bearer(WRITE_TOKEN);
    let edited = |source: &'static str, situation, edit: fn(&mut Value)| {
        let mut body: Value = serde_json::from_str(&fixture(source, situation)).unwrap();
        edit(&mut body);
        webhook_call(source, body.to_string().into_bytes())
    };
    let up = |body: &mut Value| body["STATUS"] = "UP".into();
    let serious = |body: &mut Value| body["alarmLevel"] = "Serious".into();
    vec![
        Story {
            source: "netdata",
            breaks: call(&Alarm::step(0, 0, "Critical")),
            recovers: call(&Alarm::step(0, 1, "Clear")),
            word: "alert_0",
        },
        Story {
            source: "kazoo",
            breaks: json_of("kazoo", "system-alert-node-lost"),
            recovers: form(include_str!("../../fixtures/kazoo/system-alert-node-back.form").trim()),
            word: "fs1.example.com",
        },
        Story {
            source: "tencent",
            breaks: edited("tencent", "metric-firing", serious),
            recovers: json_of("tencent", "recovery"),
            word: "DiskUtilization",
        },
        Story {
            source: "site24x7",
            breaks: json_of("site24x7", "down"),
            recovers: edited("site24x7", "down", up),
            word: "Shop front",
        },
        Story {
            source: "alertmanager",
            breaks: alertmanager(fixture("alertmanager", "webhook-firing")),
            recovers: alertmanager(fixture("alertmanager", "webhook-resolved").replace("web-2", "web-1")),
            word: "InstanceDown",
        },
    ]
}

/// Destinations of every type, which are notified of an end at once.
fn secrets_with(stand_in: &StandIn) -> Value {
    let destinations: Vec<_> = every_type()
        .into_iter()
        .map(|kind| {
            let is_for_machines = matches!(kind, "webhook" | "eventbridge");
            let more = if is_for_machines { json!({}) } else { json!({ "group_interval_secs": 0 }) };
            stand_in.destination(kind, &more)
        })
        .collect();
    let mut secrets = secrets();
    secrets["campanile/destinations"] = json!({ "destinations": destinations });
    secrets
}

/// Waits until `kind` was notified, after the first `count` times, of something that `is_it`.
async fn notified(
    stand_in: &StandIn,
    kind: &str,
    count: usize,
    what: &str,
    is_it: impl Fn(&Notified) -> bool,
) {
    eventually(&format!("{kind} is notified of {what}"), async || {
        stand_in.notified(kind).iter().skip(count).any(&is_it)
    })
    .await;
}

async fn notify_of(campanile: &Bundle, stand_in: &StandIn, story: &Story) {
    let counts: Vec<_> = every_type().into_iter().map(|kind| (kind, stand_in.notified(kind).len())).collect();
    let answer = campanile.answer(&story.breaks).await;
    assert_eq!(answer.status, 200, "{}: {}", story.source, answer.text());
    let path = format!("/v1/alerts?condition=firing&source={}", story.source);
    let firing = campanile.read(&path).await;
    assert_eq!(firing["alerts"][0]["severity"], "critical", "{}: {firing}", story.source);
    for (kind, count) in &counts {
        let says = |notified: &Notified| {
            notified.text().replace('\\', "").contains(story.word) && !notified.is_end()
        };
        notified(stand_in, kind, *count, &format!("the alert of {}", story.source), says).await;
    }
    let answer = campanile.answer(&story.recovers).await;
    assert_eq!(answer.status, 200, "{}: {}", story.source, answer.text());
    for (kind, count) in &counts {
        notified(stand_in, kind, *count, &format!("the end of {}", story.source), Notified::is_end).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_without_aws_says_what_it_would_have_sent() {
    let stand_in = StandIn::start().await;
    let by_aws = ["sns", "eventbridge", "email"];
    let destinations: Vec<_> = by_aws.map(|kind| stand_in.destination(kind, &json!({}))).into();
    let mut secrets = secrets();
    secrets["campanile/destinations"] = json!({ "destinations": destinations });
    // Nobody has to wait until no instance of EC2 answers.
    let environment = vec![("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned())];
    let bundle = Bundle::start_in(&Data::InMemory, Some(&secrets), environment).await;
    assert_eq!(bundle.answer(&call(&Alarm::raised(0))).await.status, 200);
    eventually("it is said of each", async || {
        let log = bundle.log();
        let said: Vec<_> = log.lines().filter(|line| line.contains("would have been sent")).collect();
        let names = ["arn:aws:sns:eu-central-1:123456789012:alerts", "event-bus/alerts", "ops@example.com"];
        names.iter().all(|name| said.iter().any(|line| line.contains(name)))
    })
    .await;
    let log = bundle.kill().await;
    assert!(log.contains("[CRITICAL]") && !log.contains("/a/l1."), "{log}");
    assert!(by_aws.iter().all(|kind| stand_in.notified(kind).is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_critical_from_each_source_arrives_at_every_type_and_its_recovery_ends_it_there() {
    let stand_in = StandIn::start().await;
    let secrets = secrets_with(&stand_in);
    let bundle = Bundle::start_in(&Data::InMemory, Some(&secrets), stand_in.environment()).await;
    for story in stories() {
        notify_of(&bundle, &stand_in, &story).await;
    }
    let destinations = bundle.read("/v1/destinations").await;
    for destination in destinations["destinations"].as_array().unwrap() {
        // Some leave themselves a pause between two messages.
        assert!(matches!(destination["state"].as_str(), Some("healthy" | "held")), "{destination}");
        assert_eq!((&destination["failed_last_hour"], &destination["reason"]), (&json!(0), &Value::Null));
    }
    let log = bundle.kill().await;
    for secret in
        ["token-of-ours", "11111111-2222-3333-4444-555555555555", "0123456789abcdef0123456789abcdef"]
    {
        assert!(!log.contains(secret), "{log}");
    }
}
