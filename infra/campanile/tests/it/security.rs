//! Statements about webhooks that receive (OWASP's draft), as far as they are about the whole bundle; SECURITY.md maps every
//! number to its test.

use std::sync::{Arc, Mutex};

use alert::Alert;
use api::AlertsApi;
use aws::{AlertFilter, Configuration, PageSize, Platform};
use bytes::Bytes;
use campanile::embedded::{EmbeddedSecrets, EmbeddedTable, Location, sdk_config};
use futures::future::BoxFuture;
use http::Request;
use intake::{COUNTS, Protocol, ProtocolVisitor, WEBHOOKS, with_protocol};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

use crate::server::Up;

/// A platform in memory, of which each source has a token of its own.
async fn platform() -> Platform {
    let mut secrets = json!({
        "campanile/api": { "tokens": [{ "token": "of-api", "name": "ana", "role": "write" }] },
    });
    for source in WEBHOOKS {
        secrets[format!("campanile/{source}")] = json!({ "tokens": [format!("of-{source}")] });
    }
    let secrets = EmbeddedSecrets::from_json(secrets.to_string().as_bytes()).await.unwrap();
    let table = sdk_config(EmbeddedTable::open(&Location::InMemory).unwrap());
    let configuration = Configuration { history_days: 1, ..Configuration::default() };
    let platform = Platform::for_development(&table, &sdk_config(secrets), configuration);
    platform.table.create().await.unwrap();
    platform
}

fn request(path: &str, token: &str, body: &str) -> Request<Bytes> {
    Request::post(path).header("x-api-key", token).body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

/// The status of a request to a source's webhook or to the API.
async fn status(platform: &Platform, path: &str, token: &str, body: &str) -> u16 {
    let request = request(path, token, body);
    let source = WEBHOOKS.iter().find(|source| path == format!("/{source}"));
    let response = match source {
        Some(source) => with_protocol(*source, &mut Received(platform, Some(request))).unwrap().await,
        None => Box::pin(AlertsApi::new(platform.clone()).handle(request)).await,
    };
    response.status().as_u16()
}

/// A request to the webhook of whichever source.
struct Received<'a>(&'a Platform, Option<Request<Bytes>>);

impl ProtocolVisitor for Received<'_> {
    type Output = BoxFuture<'static, http::Response<Bytes>>;

    fn visit<P: Protocol>(&mut self) -> Self::Output {
        let (webhook, request) = (self.0.webhook::<P>(), self.1.take().unwrap());
        Box::pin(async move { webhook.handle(request).await })
    }
}

/// The path of each webhook, and its token.
fn paths() -> Vec<(String, String)> {
    WEBHOOKS.iter().map(|source| (format!("/{source}"), format!("of-{source}"))).collect()
}

/// What Netdata says of one disk at a time of this morning.
fn disk(severity: &str, date: &str) -> String {
    json!({ "alarm": "disk", "severity": severity, "host": "db-01", "date": date, "space": "Example" })
        .to_string()
}

async fn alerts(platform: &Platform) -> Vec<Alert> {
    platform.table.alerts(&AlertFilter::default(), PageSize::items(100), None).await.unwrap().alerts
}

#[tokio::test]
async fn statement_04_each_source_has_a_secret_of_its_own_that_opens_nothing_else() {
    let platform = platform().await;
    for (path, _) in paths() {
        for (other, token) in paths().into_iter().chain([("/v1/alerts".to_owned(), "of-api".to_owned())]) {
            let is_known = status(&platform, &path, &token, "{}").await != 401;
            assert_eq!(is_known, path == other, "{path} {token}");
        }
    }
    for (_, token) in paths() {
        let fingerprint = "00000000000000000000000000000000";
        let path = format!("/v1/alerts/{fingerprint}/acknowledge");
        assert_eq!(status(&platform, &path, &token, "{}").await, 401, "{token}");
    }
}

#[tokio::test]
async fn statement_07_a_known_duplicate_is_answered_like_the_first_and_changes_duplicates_only() {
    let platform = platform().await;
    let body = disk("warning", "2026-03-03T03:00:00Z");
    assert_eq!(status(&platform, "/netdata", "of-netdata", &body).await, 200);
    let [first] = alerts(&platform).await.try_into().unwrap();
    assert_eq!(status(&platform, "/netdata", "of-netdata", &body).await, 200);
    let [second] = alerts(&platform).await.try_into().unwrap();
    assert_eq!(second.duplicates, first.duplicates + 1);
    // When it was heard of last is no part of what it is.
    let (duplicates, last_received_at) = (first.duplicates, first.last_received_at);
    assert_eq!(Alert { duplicates, last_received_at, ..second }, first);
}

#[tokio::test]
async fn statement_10_a_request_when_all_places_are_taken_is_answered_429_and_when_to_come_again() {
    let folder = TempDir::new().unwrap();
    let up = Up::start(&folder, "exec \"$0\" up --in-memory --listen 127.0.0.1:0").await;
    let mut half_open = Vec::new();
    for _ in 0..512 {
        let mut stream = TcpStream::connect(&up.address).await.unwrap();
        stream.write_all(b"POST /kazoo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc").await.unwrap();
        half_open.push(stream);
    }
    let mut answer = String::new();
    // The last of those may be on their way yet.
    for _ in 0..50 {
        let mut stream = TcpStream::connect(&up.address).await.unwrap();
        let question = b"GET /-/healthy HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(question).await.unwrap();
        answer.clear();
        stream.read_to_string(&mut answer).await.unwrap();
        if answer.starts_with("HTTP/1.1 429") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(answer.starts_with("HTTP/1.1 429") && answer.contains("retry-after: 1"), "{answer}");
    drop(half_open);
}

#[tokio::test]
async fn statement_12_no_body_and_no_credential_is_in_the_log() {
    let folder = TempDir::new().unwrap();
    let secrets = json!({
        "campanile/netdata": { "tokens": ["planted-token"], "basic": [{ "username": "u", "password": "planted-pair" }] },
        "campanile/api": { "tokens": [{ "token": "planted-api", "name": "ana", "role": "write" }] },
    });
    std::fs::write(folder.path().join("secrets.json"), secrets.to_string()).unwrap();
    let script = "CAMPANILE_LOG=trace exec \"$0\" up --in-memory --listen 127.0.0.1:0 --secrets secrets.json";
    let up = Up::start(&folder, script).await;
    let client = reqwest::Client::new();
    let url = |path: &str| format!("http://{}{path}", up.address);
    let body =
        json!({ "alarm": "planted-body", "severity": "planted-word", "host": "planted-host" }).to_string();
    let good = disk("warning", "2026-03-03T03:00:00Z").replace("disk", "planted-body");
    for request in [
        client.post(url("/netdata")).bearer_auth("planted-token").body(body.clone()),
        client.post(url("/netdata")).bearer_auth("planted-token").body(good),
        client.post(url("/netdata")).basic_auth("u", Some("planted-pair")).body("planted-body"),
        client.post(url("/netdata/planted-token")).body(body.clone()),
        client.post(url("/netdata?token=planted-token")).body(body.clone()),
        client.post(url("/netdata/planted-guess")).bearer_auth("planted-guess").body(body),
        client.get(url("/v1/alerts")).bearer_auth("planted-api"),
        client.get(url("/v1/alerts")).bearer_auth("planted-guess"),
    ] {
        request.send().await.unwrap();
    }
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("request refused") && log.contains("request"), "{log}");
    assert!(!log.contains("planted"), "{log}");
}

/// The measures that are counted.
#[derive(Clone, Default)]
struct Counted(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Counted {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == COUNTS {
            event.record(&mut Measure(&self.0));
        }
    }
}

struct Measure<'a>(&'a Mutex<Vec<String>>);

impl Visit for Measure<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "measure" {
            self.0.lock().unwrap().push(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

#[tokio::test]
async fn statement_13_failed_authentications_are_counted() {
    let platform = platform().await;
    let counted = Counted::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(counted.clone()));
    let webhooks = paths().into_iter().map(|(path, _)| path);
    for path in webhooks.chain(["/v1/alerts/x/acknowledge", "/api/v2/silences"].map(str::to_owned)) {
        counted.0.lock().unwrap().clear();
        assert_eq!(status(&platform, &path, "guess", "{}").await, 401, "{path}");
        assert_eq!(*counted.0.lock().unwrap(), ["RequestsUnauthorized"], "{path}");
    }
}

#[tokio::test]
async fn statement_14_the_order_of_arrival_changes_nothing() {
    let fires = disk("warning", "2026-03-03T03:00:00Z");
    let ends = disk("clear", "2026-03-03T04:00:00Z");
    let mut conditions = Vec::new();
    for order in [[&fires, &ends], [&ends, &fires]] {
        let platform = platform().await;
        for body in order {
            assert_eq!(status(&platform, "/netdata", "of-netdata", body).await, 200);
        }
        conditions
            .extend(alerts(&platform).await.into_iter().map(|alert| (alert.fingerprint, alert.condition)));
    }
    assert_eq!(conditions.len(), 2);
    assert_eq!(conditions[0], conditions[1]);
}

#[test]
fn statement_16_tls_is_1_2_or_newer() {
    let template = include_str!("../../../template.yaml");
    let policies: Vec<_> = template.lines().filter(|line| line.contains("SecurityPolicy:")).collect();
    assert_eq!(policies.len(), template.matches("Type: AWS::ApiGatewayV2::DomainName").count());
    assert!(
        !policies.is_empty() && policies.iter().all(|policy| policy.ends_with("TLS_1_2")),
        "{policies:?}"
    );
}

#[tokio::test]
async fn statement_17_the_console_shows_texts_and_runs_none() {
    let platform = platform().await;
    let request = Request::get("/").body(Bytes::new()).unwrap();
    let page = Box::pin(AlertsApi::new(platform).handle(request)).await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
    let document = std::str::from_utf8(page.body()).unwrap();
    for markup in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        assert!(!document.contains(markup), "{markup}");
    }
}

#[tokio::test]
async fn whoever_acts_is_kept_by_the_name_of_their_token_whatever_they_call_themselves() {
    let platform = platform().await;
    let body = disk("warning", "2026-03-03T03:00:00Z");
    assert_eq!(status(&platform, "/netdata", "of-netdata", &body).await, 200);
    let [alert] = alerts(&platform).await.try_into().unwrap();
    let path = format!("/v1/alerts/{}/acknowledge", alert.fingerprint);
    assert_eq!(status(&platform, &path, "of-api", r#"{"by":"somebody else"}"#).await, 200);
    let [note] = platform.table.notes(alert.fingerprint).await.unwrap().try_into().unwrap();
    assert_eq!((note.by.as_str(), note.principal.as_deref()), ("somebody else", Some("ana")));
    let answer: Value = serde_json::to_value(&note).unwrap();
    assert_eq!(answer["principal"], "ana");
}

#[tokio::test]
async fn invented_accounts_become_no_more_than_a_hundred_alerts_for_their_silence() {
    use alert::{Clock as _, Heartbeat, Source};
    let secrets = EmbeddedSecrets::from_json(b"{}").await.unwrap();
    let table = sdk_config(EmbeddedTable::open(&Location::InMemory).unwrap());
    let silent_after = [(Source::Netdata, std::time::Duration::from_mins(1))].into();
    let configuration = Configuration { silent_after, ..Configuration::default() };
    let platform = Platform::for_development(&table, &sdk_config(secrets), configuration);
    platform.table.create().await.unwrap();
    let now = aws::SystemClock.now();
    for account in 0..Heartbeat::MOST_SILENT + 20 {
        platform.table.heard_of(Source::Netdata, &format!("invented-{account}"), now).await.unwrap();
    }
    let later = now + jiff::SignedDuration::from_mins(10);
    assert_eq!(platform.table.sweep(later).await.unwrap().fell_silent, Heartbeat::MOST_SILENT);
    assert_eq!(platform.table.sweep(later).await.unwrap().fell_silent, 0);
}
