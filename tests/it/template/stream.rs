//! Which changes of the table wake the notifier.

use std::collections::BTreeSet;
use std::time::Duration;

use alert::Clock;
use aws::{AlertFilter, Configuration, Notifier, Platform};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use campanile::embedded::{EmbeddedSecrets, EmbeddedTable, Location, sdk_config};
use channels::testing::destinations::StandIn;
use http::Request;
use intake::{Deadline, Netdata};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Alarm, NETDATA_TOKEN, fixture, secrets};

use super::document::{functions, list};

/// What the notifier has written once it has notified somebody: none of it may wake it again.
const OF_THE_NOTIFIER: [&str; 8] = [
    "ALERT INHIBITS",
    "ALERT ROUTING",
    "DESTINATION webhook",
    "INHIBITOR SOURCE",
    "NOTIFICATION RECORD",
    "NOTIFIER DISPATCHER",
    "QUEUE ENTRY",
    "QUEUE HEAD",
];

/// The patterns of the notifier's mapping, one of which a record has to match.
pub(crate) fn patterns() -> Vec<Value> {
    let filters = &functions()["notifier"]["Events"]["Stream"]["Properties"]["FilterCriteria"]["Filters"];
    let patterns = list(filters).into_iter();
    patterns.map(|filter| serde_json::from_str(filter["Pattern"].as_str().unwrap()).unwrap()).collect()
}

/// Whether Lambda hands `record` on: every member of a pattern has to match, and of a list one element.
///
/// See <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>.
pub(crate) fn admits(patterns: &[Value], record: &Value) -> bool {
    patterns.iter().any(|pattern| matches(pattern, record))
}

fn matches(pattern: &Value, value: &Value) -> bool {
    match pattern {
        Value::Object(members) => members.iter().all(|(name, pattern)| matches(pattern, &value[name])),
        Value::Array(any_of) => any_of.iter().any(|one| match one {
            Value::Object(rule) if rule["exists"] == false => value.is_null(),
            literal => literal == value,
        }),
        other => panic!("`{other}` is no part of a pattern"),
    }
}

/// One destination is notified at once, the other waits for an hour; what is critical mutes what is not.
fn destinations(stand_in: &StandIn) -> Value {
    let late = stand_in.destination("webhook", &json!({ "id": "late", "after_secs": 3600 }));
    json!({
        "destinations": [stand_in.destination("webhook", &Value::Null), late],
        "inhibit_rules": [{
            "source_matchers": ["severity=\"critical\""], "target_matchers": ["severity=\"info\""], "equal": ["source"],
        }],
    })
}

async fn platform(destinations: Value) -> (EmbeddedTable, Platform) {
    let table = EmbeddedTable::open(&Location::InMemory).unwrap();
    let mut secrets = secrets();
    secrets["campanile/destinations"] = destinations;
    let secrets = EmbeddedSecrets::from_json(secrets.to_string().as_bytes()).await.unwrap();
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

/// Something of every kind that senders and people put into the table. Yields the fingerprint of the alert.
async fn live(platform: &Platform) -> String {
    for (step, status) in ["Critical", "Clear", "Critical", "Critical"].into_iter().enumerate() {
        // The last of them repeats what is known, and comes a second time besides.
        for _ in 0..=step / 3 {
            assert_eq!(hear(platform, Alarm::step(0, step, status).body()).await, 200);
        }
    }
    assert_eq!(hear(platform, fixture("netdata", "test-notification")).await, 200);
    assert_eq!(hear(platform, "{".to_owned()).await, 422);

    let store = &platform.table;
    let alert =
        store.alerts(&AlertFilter::default(), aws::PageSize::items(1), None).await.unwrap().alerts.remove(0);
    store.acknowledge(alert.fingerprint, "ada", Some("on it")).await.unwrap();
    let now = aws::SystemClock.now();
    let draft = alert::SilenceDraft {
        matchers: vec!["alertname=\"x\"".parse().unwrap()],
        starts_at: now,
        ends_at: now.checked_add(SignedDuration::from_hours(1)).unwrap(),
        recurrence: None,
        time_zone: None,
        created_by: "ada".to_owned(),
        comment: String::new(),
        annotations: alert::Labels::default(),
    };
    store.add_silence(draft).await.unwrap();
    alert.fingerprint.to_string()
}

/// What an alert's state leaves in the stream when it expires.
async fn remove_state(table: &EmbeddedTable, fingerprint: &str) {
    let key = [("pk", format!("ALERT#{fingerprint}")), ("sk", "STATE".to_owned())];
    let key = key.map(|(name, value)| (name.to_owned(), AttributeValue::S(value))).into();
    let client = Client::new(&sdk_config(table.clone()));
    client.delete_item().table_name("campanile").set_key(Some(key)).send().await.unwrap();
}

/// All that the stream holds.
async fn records(table: &EmbeddedTable) -> Vec<Value> {
    let records = table.oldest_records("campanile", 1000).await.unwrap();
    records.into_iter().map(|record| record.event).collect()
}

async fn invoke(notifier: &Notifier, event: Value) -> Value {
    let answer = notifier.clone().handle(event, Deadline(Duration::from_mins(1))).await.unwrap();
    notifier.settled().await;
    answer
}

/// What an item is, by the beginnings of its key.
fn kind(record: &Value) -> String {
    let keys = &record["dynamodb"]["Keys"];
    let [pk, sk] = ["pk", "sk"].map(|key| keys[key]["S"].as_str().unwrap().split('#').next().unwrap());
    format!("{pk} {sk}")
}

#[tokio::test]
async fn the_notifier_is_woken_by_every_change_of_an_alerts_state_and_by_nothing_that_it_writes_itself() {
    let stand_in = StandIn::start().await;
    let (table, platform) = platform(destinations(&stand_in)).await;
    let fingerprint = Box::pin(live(&platform)).await;
    let patterns = patterns();
    let is_admitted = |record: &Value| admits(&patterns, record);

    // Three changes by the source and one by a person; the rest is a repeat, a duplicate, history, notes, quarantine and
    // the like.
    let (admitted, withheld): (Vec<_>, Vec<_>) = records(&table).await.into_iter().partition(is_admitted);
    assert_eq!(admitted.iter().map(kind).collect::<Vec<_>>(), ["ALERT STATE"; 4]);
    assert!(withheld.len() >= 8, "{withheld:#?}");
    let untold = withheld.iter().filter(|record| kind(record) == "ALERT STATE").count();
    assert_eq!(untold, 2, "a repeat and a duplicate");

    let notifier = Notifier::new(platform);
    invoke(&notifier, json!({ "Records": admitted })).await;
    invoke(&notifier, json!({ "tick": "retry" })).await;
    let count = stand_in.notified("webhook").len();
    assert!(count > 0);
    remove_state(&table, &fingerprint).await;

    // What nobody hands on would have changed nothing, and notified nobody anything.
    let all = records(&table).await;
    let (again, withheld): (Vec<_>, Vec<_>) = all.iter().cloned().partition(is_admitted);
    assert_eq!(again, admitted);
    let kinds: BTreeSet<_> = withheld.iter().map(kind).collect();
    for kind in OF_THE_NOTIFIER {
        assert!(kinds.contains(kind), "`{kind}` was not written: {kinds:?}");
    }
    assert!(withheld.iter().any(|record| record["eventName"] == "REMOVE" && kind(record) == "ALERT STATE"));
    let answer = invoke(&notifier, json!({ "Records": withheld })).await;
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    assert_eq!(records(&table).await.len(), all.len());
    assert_eq!(stand_in.notified("webhook").len(), count);
}
