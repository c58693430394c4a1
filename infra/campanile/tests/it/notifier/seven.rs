//! From a source's request to all seven destinations, through the running bundle.

use std::time::Duration;

use aws::Configuration;
use campanile::bundle::Bundle;
use campanile::embedded::{EmbeddedSecrets, Location};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::stand_in::{ALL, StandIn};

/// What Netdata Cloud says of one alert.
fn said(severity: &str, minute: u32) -> Value {
    json!({
        "message": "Swap usage = 93%, on db-1", "alarm": "used_swap", "chart": "mem.swap", "space": "Example",
        "severity": severity, "date": format!("2026-03-03T03:{minute:02}:00Z"),
    })
}

async fn post(url: &str, body: &Value) {
    let sent = reqwest::Client::new().post(url).bearer_auth("n").json(body).send().await.unwrap();
    assert_eq!(sent.status(), 200);
}

/// Waits until every destination was told `count` things; Opsgenie tells of an update in several.
async fn wait_for(stand_in: &StandIn, count: usize) {
    for _ in 0..600 {
        if ALL.iter().all(|destination| stand_in.told(destination).len() >= count) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let told = ALL.map(|destination| (destination, stand_in.told(destination).len()));
    panic!("not everybody was told {count} things: {told:?}");
}

#[tokio::test]
async fn a_critical_posted_to_the_bundle_rings_at_all_seven_and_its_clear_resolves_it_there() {
    let stand_in = StandIn::start().await;
    let secrets = json!({
        "campanile/netdata": { "tokens": ["n"] }, "campanile/destinations": stand_in.settings(&Value::Null),
    });
    let secrets = EmbeddedSecrets::from_json(secrets.to_string().as_bytes()).await.unwrap();
    let bundle = Bundle::open(&Location::InMemory, secrets, Configuration::default()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/netdata", listener.local_addr().unwrap());
    let serving = tokio::spawn(bundle.serve(listener, std::future::pending()));

    post(&url, &said("critical", 0)).await;
    wait_for(&stand_in, 1).await;
    for destination in ALL {
        let told = stand_in.told(destination);
        assert!(told[0].text().contains("swap on db-1") && !told[0].is_end(), "{destination}: {told:?}");
    }
    post(&url, &said("clear", 5)).await;
    wait_for(&stand_in, 2).await;
    for destination in ALL {
        let told = stand_in.told(destination);
        assert!(told.len() == 2 && told[1].is_end(), "{destination}: {told:?}");
    }
    serving.abort();
}
