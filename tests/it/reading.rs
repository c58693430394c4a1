//! Reading through the API: pages, filters and roles.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::{Alarm, Call, READ_TOKEN, Reader, Receiver, WRITE_TOKEN, everywhere, notification, webhook_call};

async fn raise(campanile: &dyn Receiver, numbers: std::ops::Range<usize>) {
    for number in numbers {
        assert_eq!(campanile.answer(&Alarm::raised(number).call()).await.status, 200);
    }
}

/// The names of the alerts on a page, in their order.
fn names(page: &Value) -> Vec<String> {
    let alerts = page["alerts"].as_array().unwrap().iter();
    alerts.map(|alert| alert["labels"]["alertname"].as_str().unwrap().to_owned()).collect()
}

fn named(numbers: impl Iterator<Item = usize>) -> Vec<String> {
    numbers.map(|number| format!("alert_{number}")).collect()
}

#[tokio::test]
async fn pages_stay_put_while_alerts_come_in_and_repeat() {
    for campanile in everywhere().await {
        raise(&*campanile, 0..25).await;
        let first = campanile.read("/v1/alerts?limit=10").await;
        assert_eq!(names(&first), named((15..25).rev()));

        raise(&*campanile, 25..30).await;
        // Repeats of what was read and of what was not: they fire on, so that they keep their places.
        for number in [20, 12, 3] {
            let repeat = Alarm {
                triggered_at: "2026-03-02T12:00:00Z".into(),
                ..Alarm::step(number, 1000, "Critical")
            };
            assert_eq!(campanile.answer(&repeat.call()).await.status, 200);
        }

        let second = campanile
            .read(&format!("/v1/alerts?limit=10&cursor={}", first["next_cursor"].as_str().unwrap()))
            .await;
        assert_eq!(names(&second), named((5..15).rev()));
        let third = campanile
            .read(&format!("/v1/alerts?limit=10&cursor={}", second["next_cursor"].as_str().unwrap()))
            .await;
        assert_eq!(names(&third), named((0..5).rev()));
        assert_eq!(third["next_cursor"], Value::Null);
    }
}

#[tokio::test]
async fn every_list_comes_whole_however_small_its_pages_are() {
    for campanile in everywhere().await {
        raise(&*campanile, 0..7).await;
        for _ in 0..4 {
            campanile.answer(&notification("netdata", "quarantine-broken-json")).await;
        }
        for (list, member, key, count) in [
            ("alerts", "alerts", "fingerprint", 7),
            ("events", "events", "event_id", 7),
            ("quarantine", "quarantine", "id", 4),
        ] {
            let (mut keys, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
            loop {
                let page = campanile.read(&format!("/v1/{list}?limit=2&cursor={cursor}")).await;
                keys.extend(page[member].as_array().unwrap().iter().map(|entry| entry[key].to_string()));
                pages += 1;
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => break,
                }
            }
            assert_eq!(keys.len(), count, "{list}");
            assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), count, "{list}");
            assert_eq!(pages, count.div_ceil(2), "{list}");
        }
    }
}

#[tokio::test]
async fn a_filter_shows_what_it_names_and_nothing_else() {
    for campanile in everywhere().await {
        for alarm in [
            Alarm::step(1, 1, "Critical"),
            Alarm::step(2, 2, "Warning"),
            Alarm::step(3, 3, "Critical"),
            Alarm::step(3, 4, "Clear"),
        ] {
            campanile.answer(&alarm.call()).await;
        }
        campanile.answer(&notification("tencent", "metric-firing")).await;
        campanile.answer(&notification("netdata", "test-notification")).await;
        let selected = async |query: &str| {
            let alerts = campanile.alerts(query).await;
            alerts
                .iter()
                .map(|alert| alert["labels"]["alertname"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };

        assert_eq!(selected("").await, ["alert_3", "alert_2", "alert_1", "disk_usage"]);
        assert_eq!(selected("condition=firing").await, ["alert_2", "alert_1", "disk_usage"]);
        assert_eq!(selected("condition=resolved").await, ["alert_3"]);
        assert_eq!(
            selected("condition=resolved&condition=firing&source=netdata").await,
            ["alert_3", "alert_2", "alert_1"]
        );
        assert_eq!(selected("severity=critical").await, ["alert_3", "alert_1"]);
        assert_eq!(selected("source=tencent").await, ["disk_usage"]);
        assert_eq!(selected("handling=open&condition=firing&severity=critical").await, ["alert_1"]);
        assert!(selected("handling=acknowledged").await.is_empty());
        assert!(selected("condition=expired").await.is_empty());

        assert_eq!(campanile.events("source=tencent").await.len(), 1);
        assert_eq!(campanile.events("signal=notice").await.len(), 1);
        assert_eq!(campanile.events("signal=resolved&source=netdata").await.len(), 1);
        assert_eq!(campanile.events("").await.len(), 6);
    }
}

#[tokio::test]
async fn a_word_that_no_filter_knows_is_a_bad_request_that_names_it() {
    for campanile in everywhere().await {
        for query in [
            "condition=open",
            "severity=urgent",
            "source=nagios",
            "handling=done",
            "limit=0",
            "limit=1001",
            "cursor=2",
        ] {
            let answer =
                campanile.answer(&Call::get(&format!("/v1/alerts?{query}")).bearer(READ_TOKEN)).await;
            assert_eq!(
                (answer.status, &answer.json()["error"]["code"]),
                (400, &Value::from("bad_request")),
                "{query}"
            );
            let name = query.split('=').next().unwrap();
            assert!(answer.json()["error"]["message"].as_str().unwrap().contains(name), "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn however_much_is_listed_lambda_hands_it_on() {
    for campanile in everywhere().await {
        for number in 0..30 {
            let body = format!("{number} {}", "no JSON, but long. ".repeat(10_000));
            assert_eq!(campanile.answer(&webhook_call("netdata", body.into_bytes())).await.status, 422);
        }
        let answer = campanile.answer(&Call::get("/v1/quarantine?limit=1000").bearer(READ_TOKEN)).await;
        assert_eq!((answer.status, answer.json()["quarantine"].as_array().unwrap().len()), (200, 30));
        assert!(answer.body.len() < 6 * 1024 * 1024, "{} bytes", answer.body.len());
        let page = campanile.read("/v1/quarantine?limit=10").await;
        assert_eq!(page["quarantine"].as_array().unwrap().len(), 10);
    }
}

#[tokio::test]
async fn either_role_may_read_and_nobody_else_may() {
    for campanile in everywhere().await {
        for target in
            ["/v1/alerts", "/v1/events", "/v1/quarantine", &format!("/v1/alerts/{}", "0".repeat(32))]
        {
            for token in [READ_TOKEN, WRITE_TOKEN] {
                let answers = [Call::get(target).bearer(token), Call::get(target).header("x-api-key", token)];
                for call in answers {
                    assert!(matches!(campanile.answer(&call).await.status, 200 | 404), "{target}");
                }
            }
            for call in [
                Call::get(target),
                Call::get(target).bearer("wrong"),
                Call::get(target).bearer(tests::NETDATA_TOKEN),
                Call::get(&format!("{target}?token={READ_TOKEN}")),
                Call::get(target).basic("user:wrong"),
            ] {
                let answer = campanile.answer(&call).await;
                assert_eq!(
                    (answer.status, &answer.json()["error"]["code"]),
                    (401, &Value::from("unauthorized"))
                );
            }
        }
    }
}
