//! The local bundle polls by itself as soon as its secret is complete.

use std::future::pending;
use std::time::Duration;

use alert::{Clock as _, Condition};
use aws::Configuration;
use campanile::bundle::Bundle;
use campanile::embedded::{EmbeddedSecrets, Location};
use serde_json::{Value, json};
use site24x7::testing::SECRET;
use tokio::net::TcpListener;
use tokio::process::Command;

use super::world::{MONITOR, World, after, outage};

#[tokio::test(flavor = "multi_thread")]
async fn the_bundle_polls_at_its_start() {
    let world = World::at("10:10:00").await;
    let began = world.time("10:00:00");
    world.is_at(&[outage(MONITOR, "11", began, after(began, 3))]);
    let secret: Value = serde_json::from_str(SECRET).unwrap();
    let api = json!({ "tokens": [{ "token": "t", "name": "test", "role": "read" }] });
    let secrets = json!({ "campanile/site24x7": secret, "campanile/api": api }).to_string();
    let secrets = EmbeddedSecrets::from_json(secrets.as_bytes()).await.unwrap();
    let configuration =
        Configuration { site24x7_hosts: Some(world.stand_in.hosts()), ..Configuration::default() };
    // The stand-in's tokens live by its own clock, the bundle's poller by the real one.
    world.set_clock(aws::SystemClock.now());
    let bundle = Bundle::open(&Location::InMemory, secrets, configuration).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/alerts", listener.local_addr().unwrap());
    tokio::spawn(bundle.serve(listener, pending()));

    let alert = tokio::time::timeout(Duration::from_secs(30), first_alert(&url)).await.unwrap();
    assert_eq!(alert["condition"], Condition::Firing.as_str());
    assert_eq!((&alert["source"], &alert["account"]), (&json!("site24x7"), &json!("eu")));
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_of_site24x7_reach_a_running_bundle() {
    let secrets = include_bytes!("../../../../development-secrets.json");
    let secrets = EmbeddedSecrets::from_json(secrets).await.unwrap();
    let bundle = Bundle::open(&Location::InMemory, secrets, Configuration::default()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(bundle.serve(listener, pending()));
    for (situation, printed) in [
        ("down", "200 OK {\"status\":\"ok\"}\n"),
        ("up-with-resolved-reason", "200 OK {\"status\":\"ok\"}\n"),
        ("test-button", "200 OK {\"status\":\"ok\"}\n"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_campanile"));
        let sent =
            command.args(["send", "site24x7", situation, "--url", &url]).env_clear().output().await.unwrap();
        assert_eq!(String::from_utf8(sent.stdout).unwrap(), printed, "{situation}");
    }
}

async fn first_alert(url: &str) -> Value {
    loop {
        let answer = reqwest::Client::new().get(url).bearer_auth("t").send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        if let Some(alert) = answer["alerts"].get(0) {
            return alert.clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
