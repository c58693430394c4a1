//! Which changes of the table wake the notifier.

use aws::{AlertFilter, Bell, Configuration, Course, Plan, Platform};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use campanile::embedded::{EmbeddedSecrets, EmbeddedTable, Location, sdk_config};
use http::Request;
use intake::{Clock, Netdata};
use jiff::SignedDuration;
use serde_json::Value;
use tests::{Alarm, NETDATA_TOKEN, fixture, secrets};

use super::document::{functions, list};

/// The patterns of the notifier's mapping, one of which a record has to match.
pub(crate) fn patterns() -> Vec<Value> {
    let filters = &functions()["notifier"]["Events"]["Stream"]["Properties"]["FilterCriteria"]["Filters"];
    let patterns = list(filters).into_iter();
    patterns.map(|filter| serde_json::from_str(filter["Pattern"].as_str().unwrap()).unwrap()).collect()
}

/// Whether Lambda hands on what `record` tells of: every member of a pattern has to match, and of a list one element.
///
/// See <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>.
pub(crate) fn admits(patterns: &[Value], record: &Value) -> bool {
    patterns.iter().any(|pattern| matches(pattern, record))
}

fn matches(pattern: &Value, value: &Value) -> bool {
    match pattern {
        Value::Object(members) => members.iter().all(|(name, pattern)| matches(pattern, &value[name])),
        Value::Array(literals) => literals.contains(value),
        other => panic!("`{other}` is no part of a pattern"),
    }
}

async fn platform() -> (EmbeddedTable, Platform) {
    let table = EmbeddedTable::open(&Location::InMemory).unwrap();
    let secrets = EmbeddedSecrets::from_json(secrets().to_string().as_bytes()).await.unwrap();
    let (table_config, secrets_config) = (sdk_config(table.clone()), sdk_config(secrets));
    let platform = Platform::for_development(&table_config, &secrets_config, Configuration::default());
    platform.table.create().await.unwrap();
    (table, platform)
}

async fn hear(platform: &Platform, body: String) -> u16 {
    let request = Request::post("/netdata").header("authorization", format!("Bearer {NETDATA_TOKEN}"));
    let request = request.header("content-type", "application/json").body(Bytes::from(body)).unwrap();
    platform.webhook::<Netdata>().handle(request).await.status().as_u16()
}

/// Something of every kind that the table holds, changed and deleted, too.
async fn live(table: &EmbeddedTable, platform: &Platform) {
    for status in ["Critical", "Clear", "Critical"] {
        let alarm = Alarm { status, ..Alarm::step(0, status.len(), status) };
        assert_eq!(hear(platform, alarm.body()).await, 200);
    }
    assert_eq!(hear(platform, fixture("netdata", "test-notification")).await, 200);
    assert_eq!(hear(platform, "{".to_owned()).await, 422);

    let store = &platform.table;
    let alert =
        store.alerts(&AlertFilter::default(), aws::PageSize::items(1), None).await.unwrap().alerts.remove(0);
    store.acknowledge(alert.fingerprint, "ada", Some("on it")).await.unwrap();
    let now = aws::SystemClock.now();
    let ends_at = now.checked_add(SignedDuration::from_hours(1)).unwrap();
    let draft = alert::SilenceDraft {
        matchers: vec!["alertname=\"x\"".parse().unwrap()],
        starts_at: now,
        ends_at,
        recurrence: None,
        time_zone: None,
        created_by: "ada".to_owned(),
        comment: String::new(),
        annotations: alert::Labels::default(),
    };
    store.add_silence(draft).await.unwrap();
    let course = Course::new(alert.fingerprint, "ops");
    store.enroll(&mut Plan { course, delivery: None }).await.unwrap();
    store.hold("ops", ends_at).await.unwrap();
    store.follow_silences_until(now).await.unwrap();

    let key = [("pk", format!("ALERT#{}", alert.fingerprint)), ("sk", "STATE".to_owned())];
    let key = key.map(|(name, value)| (name.to_owned(), AttributeValue::S(value))).into();
    let client = Client::new(&sdk_config(table.clone()));
    client.delete_item().table_name("campanile").set_key(Some(key)).send().await.unwrap();
}

#[tokio::test]
async fn the_notifier_is_woken_by_every_change_of_an_alerts_state_and_by_nothing_else() {
    let (table, platform) = platform().await;
    live(&table, &platform).await;

    let records = table.oldest_records("campanile", 1000).await.unwrap();
    let patterns = patterns();
    let [mut woken, mut asleep] = [0, 0];
    for record in records {
        let is_bell = Bell::read(&record.event).unwrap().is_some();
        assert_eq!(admits(&patterns, &record.event), is_bell, "{:#}", record.event);
        if is_bell { woken += 1 } else { asleep += 1 }
    }
    // Three changes by the source and one by a person; the rest is history, notes, quarantine and the like.
    assert_eq!(woken, 4);
    assert!(asleep >= 10, "{asleep}");
}
