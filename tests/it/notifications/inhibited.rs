//! An alert that another one explains, as readers see it.

use channels::testing::destinations::StandIn;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Bundle, Call, Data, Reader, Receiver, WRITE_TOKEN, eventually, secrets};

/// Alerts of a node, by name and severity, as Prometheus posts them; over where `ends` says so.
fn alerts(node: &str, alerts: &[(&str, &str)], ends: Option<i64>) -> Call {
    let now = alert::Clock::now(&aws::SystemClock);
    let at = |seconds| now.checked_add(SignedDuration::from_secs(seconds)).unwrap().to_string();
    let body: Vec<Value> = alerts
        .iter()
        .map(|(name, severity)| {
            let labels = json!({ "alertname": name, "severity": severity, "instance": node });
            json!({ "labels": labels, "startsAt": at(-60), "endsAt": at(ends.unwrap_or(300)) })
        })
        .collect();
    let call = Call::post("/api/v2/alerts", json!(body).to_string()).bearer(WRITE_TOKEN);
    call.header("content-type", "application/json")
}

/// Which alerts of `list` something inhibits, and what.
fn inhibited(
    list: &[Value],
    name: impl Fn(&Value) -> &Value,
    by: impl Fn(&Value) -> &Value,
) -> Vec<(String, Value)> {
    let inhibited = list.iter().filter(|alert| by(alert).as_array().is_some_and(|by| !by.is_empty()));
    let mut inhibited: Vec<_> =
        inhibited.map(|alert| (name(alert).as_str().unwrap().to_owned(), by(alert).clone())).collect();
    inhibited.sort_by(|(a, _), (b, _)| a.cmp(b));
    inhibited
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_say_which_alert_inhibits_another_while_it_fires() {
    let stand_in = StandIn::start().await;
    let mut secrets = secrets();
    secrets["campanile/destinations"] = json!({
        "destinations": [stand_in.destination("webhook", &Value::Null)],
        "inhibit_rules": [{
            "source_matchers": ["alertname=NodeDown"], "target_matchers": ["severity=warning"], "equal": ["instance"],
        }],
    });
    let bundle = Bundle::start(&Data::InMemory, Some(&secrets)).await;
    let [down, others] = [&[("NodeDown", "critical")][..], &[("Disk", "warning"), ("Load", "warning")]];
    assert!(bundle.answer(&alerts("n1", down, None)).await.is_success());
    assert!(bundle.answer(&alerts("n1", others, None)).await.is_success());
    assert!(bundle.answer(&alerts("n2", others, None)).await.is_success());
    let in_ours = async || {
        let list = bundle.alerts("condition=firing").await;
        inhibited(&list, |alert| &alert["labels"]["alertname"], |alert| &alert["inhibited_by"])
    };
    eventually("two are inhibited", async || in_ours().await.len() == 2).await;

    let list = bundle.alerts("").await;
    let down_one = list.iter().find(|alert| alert["labels"]["alertname"] == "NodeDown").unwrap();
    let by = json!([down_one["fingerprint"]]);
    assert_eq!(in_ours().await, [("Disk".to_owned(), by.clone()), ("Load".to_owned(), by.clone())]);
    let disk = list.iter().find(|alert| alert["inhibited_by"] == by).unwrap();
    let one = bundle.read(&format!("/v1/alerts/{}", disk["fingerprint"].as_str().unwrap())).await;
    assert_eq!(one["inhibited_by"], by, "the alert by itself says it, too");

    // As Alertmanager's clients see it: by its fingerprints, and left out where they want none that are inhibited.
    let served = bundle.read("/api/v2/alerts").await;
    let served = served.as_array().unwrap();
    let of_down = served.iter().find(|alert| alert["labels"]["alertname"] == "NodeDown").unwrap();
    assert_eq!(
        of_down["status"],
        json!({ "state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": [] })
    );
    let by = json!([of_down["fingerprint"]]);
    let found =
        inhibited(served, |alert| &alert["labels"]["alertname"], |alert| &alert["status"]["inhibitedBy"]);
    assert_eq!(found, [("Disk".to_owned(), by.clone()), ("Load".to_owned(), by)]);
    let states: Vec<_> = served.iter().filter(|alert| alert["status"]["state"] == "suppressed").collect();
    assert_eq!(states.len(), 2);
    for (query, count) in [
        ("inhibited=false", 3),
        ("active=false", 2),
        ("silenced=false", 5),
        ("inhibited=false&active=false", 0),
    ] {
        let listed = bundle.read(&format!("/api/v2/alerts?{query}")).await;
        assert_eq!(listed.as_array().unwrap().len(), count, "{query}");
    }

    assert!(bundle.answer(&alerts("n1", down, Some(-1))).await.is_success());
    eventually("nothing is inhibited", async || in_ours().await.is_empty()).await;
}
