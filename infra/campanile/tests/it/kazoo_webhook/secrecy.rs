//! A new user's password is nowhere: not in the table, not in the API, not in the log at its most talkative. Notified to
//! the bundle in a process of its own, so that the log is all there is.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Stdio;

use aws_sdk_dynamodb::types::AttributeValue;
use campanile::embedded::{EmbeddedTable, Location, sdk_config};
use flate2::{Decompress, FlushDecompress, Status};
use http::{Method, Request};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::world::{API_TOKEN, TOKEN, as_form, as_json, as_query, notification, request, secrets};

const PASSWORD: &str = "m32c6NfqYEt";

/// A bundle that logs all it can.
struct Bundle {
    folder: TempDir,
    process: Child,
    url: String,
}

impl Bundle {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("secrets.json"), secrets(&json!({ "tokens": [TOKEN] }))).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_campanile"))
            .args(["up", "--listen", "127.0.0.1:0", "--data", "table", "--secrets", "secrets.json"])
            .env_clear()
            .envs([("CAMPANILE_LOG", "trace"), ("CAMPANILE_HISTORY_DAYS", "1")])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(File::create(at("log")).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut ready).await.unwrap();
        let url = ready.trim().strip_prefix("campanile is ready on ").unwrap().to_owned();
        Self { folder, process, url }
    }

    /// What the webhook says has become of `inbound`.
    async fn deliver(&self, inbound: Request<String>) -> Value {
        let (parts, body) = inbound.into_parts();
        let request = reqwest::Client::new().request(parts.method, format!("{}{}", self.url, parts.uri));
        let response = request.headers(parts.headers).body(body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.json::<Value>().await.unwrap()["status"].take()
    }

    async fn read(&self, path: &str) -> String {
        let request = reqwest::Client::new().get(format!("{}{path}", self.url)).bearer_auth(API_TOKEN);
        request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap()
    }

    /// Ends it; its log, and every attribute of every item in its table, compressed documents inflated.
    async fn stop(mut self) -> (String, String) {
        self.process.kill().await.unwrap();
        let table = EmbeddedTable::open(&Location::Directory(self.folder.path().join("table"))).unwrap();
        let client = aws_sdk_dynamodb::Client::new(&sdk_config(table));
        let items = client.scan().table_name("campanile").send().await.unwrap().items.unwrap();
        let values = items.iter().flat_map(std::collections::HashMap::values);
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
        (log, values.map(text).collect::<Vec<_>>().join("\n"))
    }
}

/// The dictionary of `number`: docs/adr/0007-dictionaries.md.
fn dictionary(number: u8) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/aws/src/store/packed");
    let mut files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let is_meant =
        |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(&format!("{number}-"));
    std::fs::read(files.find(is_meant).unwrap()).unwrap()
}

fn text(value: &AttributeValue) -> String {
    let AttributeValue::B(bytes) = value else { return format!("{value:?}") };
    let [7, number, deflated @ ..] = bytes.as_ref() else { panic!("{bytes:?} has no dictionary") };
    let mut decompressor = Decompress::new(false);
    decompressor.set_dictionary(&dictionary(*number)).unwrap();
    let mut inflated = Vec::with_capacity(100_000);
    let status = decompressor.decompress_vec(deflated, &mut inflated, FlushDecompress::Finish).unwrap();
    assert_eq!(status, Status::StreamEnd);
    String::from_utf8_lossy(&inflated).into_owned()
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
    let bundle = Bundle::start().await;
    let new_user = new_user();
    let as_v2 = json!({ "action": "event", "name": "new_user", "data": new_user });
    assert_eq!(bundle.deliver(as_json(&new_user)).await, "recorded");
    assert_eq!(bundle.deliver(as_form(&new_user)).await, "duplicate");
    assert_eq!(bundle.deliver(as_query(&new_user)).await, "duplicate");
    assert_eq!(bundle.deliver(as_json(&as_v2)).await, "duplicate");
    let mut broken = new_user.to_string();
    broken.pop();
    assert_eq!(bundle.deliver(request(&Method::POST, "", broken)).await, "quarantined");

    let events = bundle.read("/v1/events?raw=true").await;
    let quarantine = bundle.read("/v1/quarantine").await;
    let listed: Value = serde_json::from_str(&quarantine).unwrap();
    let id = listed["quarantine"][0]["id"].as_str().unwrap();
    let quarantine = bundle.read(&format!("/v1/quarantine/{id}")).await;
    let (log, stored) = bundle.stop().await;
    // What is looked through holds what it should.
    for everything in [&stored, &events, &quarantine] {
        assert!(everything.contains("anna") && everything.contains("[redacted]"), "{everything}");
    }
    assert!(log.contains("request recorded") && log.contains("request quarantined"), "{log}");
    for everything in [&stored, &events, &quarantine, &log] {
        assert!(!everything.contains(PASSWORD) && !everything.contains(TOKEN), "{everything}");
    }
}
