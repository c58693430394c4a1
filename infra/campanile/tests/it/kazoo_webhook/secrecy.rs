//! A new user's password is nowhere: not in the table, not in the API, not in the log at its most talkative.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use alerts_api::AlertsApi;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use flate2::read::DeflateDecoder;
use http::{Method, Request};
use serde_json::{Value, json};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt;

use super::world::{API_TOKEN, TOKEN, World, as_form, as_json, as_query, notification, request};

const PASSWORD: &str = "m32c6NfqYEt";

/// All that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Every attribute of every item, compressed documents inflated.
async fn stored(world: &World) -> String {
    let items = world.dynamodb.scan().table_name("campanile").send().await.unwrap().items.unwrap();
    items.iter().flat_map(std::collections::HashMap::values).map(text).collect::<Vec<_>>().join("\n")
}

fn text(value: &AttributeValue) -> String {
    match value {
        AttributeValue::B(bytes) => {
            let mut inflated = Vec::new();
            DeflateDecoder::new(bytes.as_ref()).read_to_end(&mut inflated).unwrap();
            String::from_utf8_lossy(&inflated).into_owned()
        }
        other => format!("{other:?}"),
    }
}

async fn shown(world: &World, path: &str) -> String {
    let request = Request::get(path).header("authorization", format!("Bearer {API_TOKEN}"));
    let answer = AlertsApi::new(world.platform.clone()).handle(request.body(Bytes::new()).unwrap()).await;
    assert_eq!(answer.status(), 200);
    String::from_utf8(answer.into_body().into()).unwrap()
}

fn new_user() -> Value {
    let mail = format!("Log in as anna with {PASSWORD}");
    notification(
        "new_user",
        &json!({
            "username": "anna", "password": PASSWORD, "html": format!("<p>{mail}</p>"), "text": mail,
            "details": { "sip": { "username": "anna", "Password": PASSWORD } },
        }),
    )
}

#[tokio::test]
async fn a_new_users_password_is_left_nowhere() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(move || writer.clone());
    let guard = subscriber.finish().set_default();
    let world = World::new().await;
    let as_v2 =
        json!({ "action": "event", "name": "new_user", "data": new_user(), "timestamp": 63_900_000_000_i64 });
    for delivery in [as_json(&new_user()), as_form(&new_user()), as_query(&new_user()), as_json(&as_v2)] {
        assert!(["recorded", "duplicate"].map(Value::from).contains(&world.tell(delivery).await["status"]));
    }
    let mut broken = new_user().to_string();
    broken.pop();
    let broken = world.tell(request(&Method::POST, "", broken)).await;
    assert_eq!(broken["status"], "quarantined");
    drop(guard);

    let events = shown(&world, "/v1/events?raw=true").await;
    let quarantine = shown(&world, "/v1/quarantine").await;
    let (stored, log) = (stored(&world).await, log.text());
    // What is looked through holds what it should.
    for everything in [&stored, &events, &quarantine] {
        assert!(everything.contains("anna") && everything.contains("[redacted]"), "{everything}");
    }
    assert!(log.contains("delivery recorded") && log.contains("delivery quarantined"));
    for everything in [&stored, &events, &quarantine, &log] {
        assert!(!everything.contains(PASSWORD), "{everything}");
        assert!(!everything.contains(TOKEN));
    }
}
