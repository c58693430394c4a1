//! Pages that end where an answer would become too large.

use alert::AlertEvent;
use intake::{Quarantined, Store};
use jiff::SignedDuration;
use normalize::Rejection;
use serde_json::{Value, json};

use super::{again, world_and_client};
use crate::api::{World, inbound, now, path_of};

/// Every page of `path`; each within what Lambda hands on.
async fn pages(world: &World, path: &str, list: &str) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.get(&format!("{path}{cursor}")).await;
        assert!(page.to_string().len() < 5_500_000, "{} bytes", page.to_string().len());
        lengths.push(page[list].as_array().unwrap().len());
        let Value::String(next) = &page["next_cursor"] else { return lengths };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn large_alerts_fill_several_pages_and_none_is_lost() {
    let (world, _) = world_and_client().await;
    for number in 0..60 {
        let labels: alert::Labels = (0..45).map(|n| (format!("label {n}"), "\u{1}".repeat(2_000))).collect();
        world.record(&AlertEvent { labels, ..again(&format!("large {number}")) }).await;
    }
    let lengths = pages(&world, "/v1/alerts?limit=100", "alerts").await;
    assert!(lengths.len() > 5 && lengths.iter().sum::<usize>() == 60, "{lengths:?}");
    let lengths = pages(&world, "/v1/events?limit=1000", "events").await;
    assert!(lengths.len() > 5 && lengths.iter().sum::<usize>() == 60, "{lengths:?}");
}

#[tokio::test]
async fn bodies_of_requests_count_where_they_are_shown() {
    let (world, _) = world_and_client().await;
    for number in 0..12 {
        let at = now().checked_sub(SignedDuration::from_secs(60 - number)).unwrap();
        let event = AlertEvent { occurred_at: at, ..again("talkative") };
        let inbound = inbound(&format!("{number}{}", "x".repeat(1_000_000)), now());
        world.platform.table.record(intake::Entry { event: &event, inbound: &inbound }).await.unwrap();
    }
    let path = format!("{}/events", path_of("talkative"));
    assert_eq!(pages(&world, &format!("{path}?limit=100"), "events").await, [12]);
    let lengths = pages(&world, &format!("{path}?limit=100&raw=true"), "events").await;
    assert_eq!((lengths.iter().max(), lengths.iter().sum::<usize>()), (Some(&3), 12));
}

#[tokio::test]
async fn history_is_newest_first_by_the_sources_time_page_by_page() {
    let (world, _) = world_and_client().await;
    let mut times: Vec<_> =
        (0..25).map(|n| now().checked_sub(SignedDuration::from_secs(100 + n * 7 % 25)).unwrap()).collect();
    for at in &times {
        world.record(&AlertEvent { occurred_at: *at, ..again("h") }).await;
    }
    times.sort_by(|a, b| b.cmp(a));
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get(&format!("{}/events?limit=4{cursor}", path_of("h"))).await;
        seen.extend(page["events"].as_array().unwrap().iter().map(|event| event["occurred_at"].clone()));
        let Value::String(next) = &page["next_cursor"] else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, times.iter().map(|time| json!(time)).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_list_of_the_quarantine_shows_no_bodies_and_the_view_of_one_does() {
    let (world, _) = world_and_client().await;
    let quarantined =
        Quarantined::new(alert::Source::Netdata, Rejection::new("x", "y"), inbound("what?", now()));
    world.platform.table.quarantine(&quarantined).await.unwrap();
    let list = world.get("/v1/quarantine").await;
    assert_eq!(
        (&list["quarantine"][0]["reason"], &list["quarantine"][0]["body"]),
        (&json!("x"), &Value::Null)
    );
    assert_eq!(world.get(&format!("/v1/quarantine/{}", quarantined.id)).await["body"], "what?");
}

#[tokio::test]
async fn sources_come_page_by_page_and_a_sources_total_is_said_once() {
    let (world, _) = world_and_client().await;
    for number in 0..5 {
        world.platform.table.heard(alert::Source::Netdata, &format!("space {number}"), now()).await;
    }
    world.platform.table.heard(alert::Source::Kazoo, "a", now()).await;
    world.record(&again("a")).await;
    world.record(&again("b")).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(pages(&world, "/v1/sources?limit=4", "sources").await, [4, 2]);
    let page = world.get("/v1/sources").await;
    assert_eq!(page["totals"]["netdata"]["events_last_hour"], 2);
    assert_eq!(page["totals"]["kazoo"]["events_last_hour"], 0);
    assert!(page["sources"].as_array().unwrap().iter().all(|source| source["events_last_hour"].is_null()));
}

#[tokio::test]
async fn filters_silences_and_their_regexes_are_few() {
    let (world, _) = world_and_client().await;
    let filters = "&filter=a%3Db".repeat(21);
    let (status, body) = world.ask("GET", &format!("/v1/alerts?limit=1{filters}"), "reader", None).await;
    assert_eq!(
        (status.as_u16(), &body["error"]["message"]),
        (400, &json!("filter: give 20 of them at most"))
    );
    let (status, _) = world.ask("GET", &format!("/api/v2/alerts?x{filters}"), "reader", None).await;
    assert_eq!(status.as_u16(), 400);
    let regex = |value: &str| json!({ "name": "a", "value": value, "is_regex": true });
    let silence = |matchers: Vec<Value>| json!({ "matchers": matchers, "duration_secs": 60, "comment": "" });
    for matchers in [vec![regex("a.*"); 17], vec![regex(r"\pL{200}")], vec![regex("[")]] {
        let (status, body) = world.act("POST", "/v1/silences", silence(matchers)).await;
        assert_eq!((status.as_u16(), &body["error"]["code"]), (400, &json!("bad_request")), "{body}");
    }
    assert_eq!(world.act("POST", "/v1/silences", silence(vec![regex(r"\w{20}")])).await.0.as_u16(), 201);
}
