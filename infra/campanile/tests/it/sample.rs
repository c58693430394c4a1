//! `campanile send`: every sample reaches a running bundle as its source would have sent it.

use std::future::pending;
use std::path::Path;

use aws::Configuration;
use campanile::bundle::Bundle;
use campanile::embedded::{EmbeddedSecrets, Location};
use futures::{StreamExt, stream};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::Command;

const SECRETS: &[u8] = include_bytes!("../../../development-secrets.json");

/// A bundle in memory; its address.
async fn running() -> String {
    let secrets = EmbeddedSecrets::from_json(SECRETS).await.unwrap();
    // A list reads every day of the history: these tests have one day.
    let configuration = Configuration { history_days: 1, ..Configuration::default() };
    let bundle = Bundle::open(&Location::InMemory, secrets, configuration).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(bundle.serve(listener, pending()));
    url
}

/// What `campanile send kazoo <situation>` prints.
async fn send(situation: &str, url: &str) -> String {
    printed(&["send", "kazoo", situation, "--url", url]).await
}

async fn printed(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_campanile"));
    let output = command.args(arguments).env_clear().output().await.unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

async fn read(url: &str, path: &str) -> Value {
    let request = reqwest::Client::new().get(format!("{url}{path}")).bearer_auth("campanile-development-api");
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_of_kazoo_is_taken() {
    let url = running().await;
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/kazoo");
    for fixture in std::fs::read_dir(fixtures).unwrap() {
        let path = fixture.unwrap().path();
        let printed = send(path.file_stem().unwrap().to_str().unwrap(), &url).await;
        let name = path.file_name().unwrap().to_str().unwrap();
        let expected = if name.starts_with("rejected") { "quarantined" } else { "" };
        assert!(printed.starts_with("200 OK") && printed.contains(expected), "{name}: {printed}");
    }
    assert_eq!(
        read(&url, "/v1/events?source=kazoo&signal=firing&limit=1").await["events"][0]["source"],
        "kazoo"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_of_the_other_sources_is_taken_or_kept_with_the_reason() {
    let url = running().await;
    let mut samples = Vec::new();
    // KAZOO is answered 200 whatever it says, as the test above shows.
    for source in printed(&["send"]).await.lines().filter(|source| *source != "kazoo") {
        let situations = printed(&["send", source]).await;
        samples.extend(situations.lines().map(|situation| [source.to_owned(), situation.to_owned()]));
    }
    let reason =
        "campanile: the sample was not understood: `campanile quarantine` lists it with the reason\n";
    stream::iter(samples)
        .for_each_concurrent(4, async |[source, situation]| {
            let printed = printed(&["send", &source, &situation, "--url", &url]).await;
            let is_kept = printed.starts_with("422 Unprocessable Entity {") && printed.ends_with(reason);
            assert!(printed.starts_with("200 OK") || is_kept, "{source} {situation}: {printed}");
        })
        .await;
    let kept = read(&url, "/v1/quarantine?limit=1000").await;
    assert!(kept["quarantine"].as_array().unwrap().iter().all(|inbound| inbound["reason"] != ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_keeps_its_hook_and_the_question_mark_behind_it() {
    let url = running().await;
    let printed = send("object-user-edited", &url).await;
    assert!(printed.starts_with("200 OK") && printed.contains("recorded"), "{printed}");
    let event = read(&url, "/v1/events?raw=true").await["events"][0].take();
    assert_eq!(event["request"]["query"], "hook=object?id=d1&account_id=A&action=doc_edited&type=user");
    assert_eq!(event["request"]["method"], "GET");
    assert_eq!((&event["labels"]["type"], &event["annotations"]["hook"]), (&"user".into(), &"object".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_and_a_json_body_are_sent_as_what_they_are() {
    let url = running().await;
    for (situation, content_type) in
        [("deregister", "application/x-www-form-urlencoded"), ("low-balance", "application/json")]
    {
        send(situation, &url).await;
        let event = read(&url, "/v1/events?raw=true&limit=1").await["events"][0].take();
        assert_eq!(event["request"]["content_type"], content_type);
        assert_eq!(event["annotations"]["event"], situation.replace('-', "_"));
    }
}
