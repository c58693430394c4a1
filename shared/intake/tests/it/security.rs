//! Statements about webhooks that receive (OWASP's draft), each proved at the layer that is responsible; SECURITY.md maps
//! every number to its test.

use std::fs;
use std::path::Path;
use std::pin::Pin;

use alert::Source;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use hmac::{Hmac, Mac};
use http::{Method, Request};
use intake::{Kazoo, Netdata, Protocol, ProtocolVisitor, Site24x7, Tencent, WEBHOOKS, with_protocol};
use net::Secret;
use serde_json::{Value, json};
use sha2::Sha256;
use subtle::Choice;

use crate::world::{Behaviour, Given, Seen, rotated, secret, send, send_to};

const KNOWN: &str = r#"{"tokens":["right"]}"#;
/// What no answer may repeat.
const PLANTED: &str = "planted7f3a";

/// Sends `request` to the webhook of `source`.
async fn ask(source: Source, behaviour: Behaviour, json: &str, request: Request<Bytes>) -> Seen {
    let secrets = Given { known: Some(secret(json)), newer: None };
    with_protocol(source, &mut Asking(Some((behaviour, secrets, request)))).unwrap().await
}

/// What is asked of whichever protocol.
struct Asking(Option<(Behaviour, Given, Request<Bytes>)>);

impl ProtocolVisitor for Asking {
    type Output = Pin<Box<dyn Future<Output = Seen>>>;

    fn visit<P: Protocol>(&mut self) -> Self::Output {
        let (behaviour, secrets, request) = self.0.take().unwrap();
        Box::pin(send_to::<P>(behaviour, secrets, request))
    }
}

/// The largest body that a protocol reads.
struct Limit;

impl ProtocolVisitor for Limit {
    type Output = usize;

    fn visit<P: Protocol>(&mut self) -> usize {
        P::LIMIT_BYTES
    }
}

fn post(source: Source, token: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Request::post(format!("/{source}")).header("x-api-key", token).body(body.into()).unwrap()
}

/// Every JSON body among the fixtures of `source`.
fn fixtures(source: Source) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(source.as_str());
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.is_file());
    let bodies = files.filter_map(|file| serde_json::from_slice(&fs::read(file).unwrap()).ok());
    bodies.filter(Value::is_object).collect()
}

#[tokio::test]
async fn statement_01_a_missing_or_wrong_secret_is_401_with_one_body_for_every_reason() {
    for &source in WEBHOOKS {
        let mut bodies = Vec::new();
        let anonymous = Request::post(format!("/{source}")).body(Bytes::new()).unwrap();
        for request in
            [anonymous, post(source, "wrong", "{broken"), post(source, "", "{}"), post(source, "righ", "")]
        {
            let seen = ask(source, Behaviour::Keeps, KNOWN, request).await;
            assert_eq!(seen.status, 401, "{source}");
            assert!(seen.shelf.is_empty());
            bodies.push(seen.body);
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "{source}: {bodies:?}");
    }
}

#[test]
fn statement_02_secrets_are_compared_in_constant_time() {
    // The comparison yields a `Choice`, which cannot be branched upon by accident …
    let compare: fn(&Secret, &str) -> Choice = Secret::matches;
    assert!(bool::from(compare(&Secret::new("a"), "a")));
    // … and nowhere is a secret compared as a text.
    for folder in ["src", "../api/src", "../aws/src"] {
        for (file, text) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            let is_compared =
                |line: &&str| line.contains("expose() ==") || line.contains("== token.expose()");
            assert_eq!(text.lines().find(is_compared), None, "{file}");
        }
    }
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                return sources(&path);
            }
            vec![(path.display().to_string(), fs::read_to_string(&path).unwrap())]
        })
        .collect()
}

#[tokio::test]
async fn statement_03_the_current_and_the_previous_secret_pass_and_a_withdrawn_one_fails() {
    for &source in WEBHOOKS {
        for (token, is_known) in [("new", true), ("old", true), ("older", false)] {
            let known = Some(rotated(r#"{"tokens":["new"]}"#, r#"{"tokens":["old"]}"#));
            let secrets = Given { known, newer: None };
            let request = post(source, token, "{}");
            let seen = match source {
                Source::Netdata => send_to::<Netdata>(Behaviour::Keeps, secrets, request).await,
                Source::Kazoo => send_to::<Kazoo>(Behaviour::Keeps, secrets, request).await,
                Source::Tencent => send_to::<Tencent>(Behaviour::Keeps, secrets, request).await,
                _ => send_to::<Site24x7>(Behaviour::Keeps, secrets, request).await,
            };
            assert_eq!(seen.status != 401, is_known, "{source} {token}");
        }
    }
}

/// A signed event of KAZOO, `late` seconds after the clock of these tests, of which `change` then changes the text.
fn signed(late: i64, change: (&str, &str)) -> Request<Bytes> {
    const NOON: i64 = 1_795_286_712;
    let clock = (NOON + 62_167_219_200 - late).to_string();
    let data = r#"{"foo":"b a r"}"#;
    let mac = Hmac::<Sha256>::new_from_slice(b"key").unwrap().chain_update(&clock).chain_update(data);
    let hmac = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    let body =
        format!(r#"{{"action":"event","name":"x","data":{data},"timestamp":{clock},"hmac":"{hmac}"}}"#);
    post(Source::Kazoo, "right", body.replace(change.0, change.1))
}

async fn kazoo(request: Request<Bytes>) -> u16 {
    ask(Source::Kazoo, Behaviour::Keeps, r#"{"tokens":["right"],"sha256_key":"key"}"#, request).await.status
}

#[tokio::test]
async fn statement_05_signatures_cover_the_raw_bytes() {
    assert_eq!(kazoo(signed(0, ("", ""))).await, 200);
    for change in
        [("b a r", "b  a r"), ("b a r", "ba r"), ("b a r", "b a r "), ("foo", "fo o"), ("\"hmac\"", "\"x\"")]
    {
        assert_eq!(kazoo(signed(0, change)).await, 401, "{change:?}");
    }
    // What is not signed at all is no way around it.
    for body in
        ["{}", r#"{"account_id":"A","event_category":"notification","event_name":"low_balance"}"#, "a=1"]
    {
        assert_eq!(kazoo(post(Source::Kazoo, "right", body)).await, 401, "{body}");
    }
}

#[tokio::test]
async fn statement_06_signed_times_off_by_more_than_five_minutes_fail() {
    for (late, status) in [(0, 200), (299, 200), (-299, 200), (302, 401), (-302, 401), (-315_360_000, 401)] {
        assert_eq!(kazoo(signed(late, ("", ""))).await, status, "{late}");
    }
}

#[tokio::test]
async fn statement_08_other_methods_than_the_sources_are_405_with_allow() {
    for &source in WEBHOOKS {
        for method in [Method::CONNECT, Method::OPTIONS, Method::HEAD, Method::TRACE] {
            let mut request = post(source, "right", "{}");
            *request.method_mut() = method;
            let seen = ask(source, Behaviour::Keeps, KNOWN, request).await;
            assert_eq!(seen.status, 405, "{source}");
            assert!(seen.allow.is_some_and(|allow| allow.contains("POST")), "{source}");
        }
    }
}

#[tokio::test]
async fn statement_09_a_wrong_content_type_is_415_and_too_large_a_body_413_also_without_its_length() {
    let mut plain = post(Source::Netdata, "right", "{}");
    plain.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(ask(Source::Netdata, Behaviour::Keeps, KNOWN, plain).await.status, 415);
    for &source in WEBHOOKS {
        let limit = with_protocol(source, &mut Limit).unwrap();
        let request = post(source, "right", vec![b'x'; limit + 1]);
        assert!(!request.headers().contains_key("content-length"));
        assert_eq!(ask(source, Behaviour::Keeps, KNOWN, request).await.status, 413, "{source}");
    }
}

#[tokio::test]
async fn statement_11_no_answer_repeats_a_field_or_shows_a_stack() {
    for &source in WEBHOOKS {
        for body in fixtures(source) {
            for body in planted(&body) {
                let seen =
                    ask(source, Behaviour::Keeps, KNOWN, post(source, "right", body.to_string())).await;
                let answer = &seen.body;
                assert!(
                    !answer.contains(PLANTED) && !answer.contains("panicked"),
                    "{source} {body}: {answer}"
                );
            }
        }
        for behaviour in [Behaviour::Fails, Behaviour::Keeps] {
            let broken = format!(r#"{{"a":"{PLANTED}" "#);
            let seen = ask(source, behaviour, KNOWN, post(source, "right", broken)).await;
            assert!(
                !seen.body.contains(PLANTED) && !seen.body.contains("it is down"),
                "{source}: {}",
                seen.body
            );
        }
    }
}

/// `body` with each of its members in turn in the place of which something else stands; those that are echoed by their
/// protocol stay.
fn planted(body: &Value) -> Vec<Value> {
    let members = body.as_object().unwrap();
    let names = members
        .keys()
        .filter(|name| !["sessionid", "message", "title", "token"].contains(&name.to_lowercase().as_str()));
    let with = |name: &String| {
        let mut changed = members.clone();
        changed.insert(name.clone(), json!(PLANTED));
        Value::Object(changed)
    };
    names.map(with).collect()
}

#[tokio::test]
async fn statement_15_2xx_only_after_it_is_durable() {
    for &source in WEBHOOKS {
        for body in fixtures(source).into_iter().take(3) {
            let seen = ask(source, Behaviour::Fails, KNOWN, post(source, "right", body.to_string())).await;
            assert!(seen.status >= 500, "{source}: {}", seen.status);
        }
        let seen = ask(source, Behaviour::Keeps, KNOWN, post(source, "right", "{")).await;
        assert!(seen.status >= 300 || !seen.shelf.is_empty(), "{source}");
    }
}

#[tokio::test]
async fn the_secret_of_one_source_opens_no_other() {
    let request = Request::post("/netdata/nd").body(&b"{}"[..]).unwrap();
    assert_eq!(send::<Tencent>(Behaviour::Keeps, secret(r#"{"tokens":["nd"]}"#), request).await.status, 401);
}
