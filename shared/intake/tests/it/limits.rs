//! A limit takes no more than it must: what is large, packed or damaged is kept as far as it can be.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::Request;
use intake::{BODY_LENGTH, BODY_SHA256, Kazoo, LIMIT_BYTES, Netdata, Protocol, Site24x7, Tencent};
use serde_json::json;

use crate::world::{Behaviour, Seen, secret, send};

const FLAT: &str = r#"{"alarm":"disk","severity":"warning","host":"db-01","date":"2026-03-03T03:00:00Z"}"#;

/// A POST of `body` to `path` with the token `right`.
fn post(path: &str, body: Vec<u8>) -> Request<Vec<u8>> {
    Request::post(path).header("x-api-key", "right").body(body).unwrap()
}

async fn netdata(body: impl Into<Vec<u8>>) -> Seen {
    to::<Netdata>(post("/netdata", body.into())).await
}

async fn to<P: Protocol>(request: Request<Vec<u8>>) -> Seen {
    send::<P>(Behaviour::Keeps, secret(r#"{"tokens":["right"]}"#), request).await
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn packed(path: &str, encoding: &'static str, body: Vec<u8>) -> Request<Vec<u8>> {
    let mut request = post(path, body);
    request.headers_mut().insert("content-encoding", encoding.parse().unwrap());
    request
}

/// Text of `length` bytes that hardly deflates.
fn noise(length: usize) -> String {
    let mut rng = fastrand::Rng::with_seed(7);
    std::iter::repeat_with(|| rng.alphanumeric()).take(length).collect()
}

#[tokio::test]
async fn a_notification_with_thousands_of_other_alerts_is_recorded_with_its_whole_body() {
    let others = vec![json!({ "name": "disk_space_usage_of_some_mount", "status": "Critical" }); 30_000];
    let body = json!({ "alert": { "name": "used_swap", "state": { "status": "Critical" }, "log": { "entries": others } } });
    let body = body.to_string();
    assert!(body.len() > 1_500_000);
    let seen = netdata(body.clone()).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    let kept = &seen.shelf.requests.lock().unwrap()[0];
    assert!(kept.body == body.into_bytes() && kept.headers.is_empty());
}

#[tokio::test]
async fn of_a_body_that_no_item_holds_the_beginning_is_kept_beside_the_event() {
    let body = format!(r#"{{"alarm":"disk","severity":"warning","info":"{}"}}"#, noise(2_000_000));
    let seen = netdata(body.clone()).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    let kept = &seen.shelf.requests.lock().unwrap()[0];
    assert!(body.as_bytes().starts_with(&kept.body) && kept.body.len() >= 100_000);
    assert_eq!(kept.headers[BODY_LENGTH], body.len().to_string());
    assert_eq!(kept.headers[BODY_SHA256].len(), 64);
    let info = &seen.shelf.events.lock().unwrap()[0].annotations["info"];
    assert!(info.ends_with('…') && info.len() > 10_000);
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused_whatever_its_content_length_says() {
    for content_length in [None, Some("2"), Some("999999999")] {
        let mut request = post("/netdata", vec![b' '; LIMIT_BYTES + 1]);
        if let Some(length) = content_length {
            request.headers_mut().insert("content-length", length.parse().unwrap());
        }
        let seen = to::<Netdata>(request).await;
        assert_eq!(seen.status, 413, "{content_length:?}");
        assert!(seen.shelf.is_empty());
    }
}

#[tokio::test]
async fn quarantine_takes_what_is_large_too() {
    for (body, is_whole) in [(" broken".repeat(500_000), true), (noise(4_000_000), false)] {
        let seen = netdata(body.clone()).await;
        assert_eq!(seen.status, 422);
        let quarantined = &seen.shelf.quarantined.lock().unwrap()[0];
        assert_eq!(quarantined.inbound.body.len() == body.len(), is_whole);
        assert_eq!(quarantined.inbound.headers.contains_key(BODY_LENGTH), !is_whole);
        assert!(seen.body.contains(&quarantined.id.to_string()));
    }
}

#[tokio::test]
async fn gzip_is_taken_off_in_every_protocol() {
    let body = gzip(FLAT.as_bytes());
    let seen = to::<Netdata>(packed("/netdata", "gzip", body.clone())).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    assert_eq!(seen.shelf.requests.lock().unwrap()[0].body, FLAT.as_bytes());

    let form = gzip(b"account_id=A&hook_event=channel_create&call_id=c");
    let seen = to::<Kazoo>(packed("/kazoo", "gzip", form)).await;
    assert!(seen.body.contains("recorded"), "{}", seen.body);
    let json = gzip(br#"{"MONITOR_ID":123456000000025013,"STATUS":"DOWN"}"#);
    assert_eq!(to::<Site24x7>(packed("/site24x7", "deflate", json)).await.status, 200);
    let json = gzip(br#"{"sessionId":"s","alarmStatus":"1","alarmPolicyInfo":{"policyId":"p"},"firstOccurTime":"2021-05-05 04:37:00"}"#);
    let seen = to::<Tencent>(packed("/tencent", "x-gzip", json)).await;
    assert_eq!((seen.status, seen.body.as_str()), (200, r#"{"sessionId":"s","retCode":0}"#));
    assert_eq!(seen.shelf.events.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_encoding_that_nobody_knows_is_kept_and_named() {
    let seen = to::<Netdata>(packed("/netdata", "br", b"\x0b\x02\x80\x03".to_vec())).await;
    assert_eq!(seen.status, 422);
    assert!(seen.body.contains("cannot be decoded from `br`"), "{}", seen.body);
    assert_eq!(seen.shelf.quarantined.lock().unwrap()[0].reason, "unreadable_encoding");
    let seen = to::<Kazoo>(packed("/kazoo", "zstd", b"\x28\xb5\x2f\xfd".to_vec())).await;
    assert_eq!(seen.status, 200);
}

#[tokio::test]
async fn a_bomb_is_refused_and_a_stranger_s_is_not_even_looked_at() {
    let bomb = gzip(&vec![b' '; LIMIT_BYTES + 1]);
    assert_eq!(to::<Netdata>(packed("/netdata", "gzip", bomb.clone())).await.status, 413);
    let mut stranger = packed("/netdata", "gzip", bomb);
    stranger.headers_mut().remove("x-api-key");
    assert_eq!(to::<Netdata>(stranger).await.status, 401);
}

#[tokio::test]
async fn events_whose_labels_no_item_holds_are_quarantined_and_their_siblings_recorded() {
    let nodes = [
        json!({ "hostname": "web-1" }),
        json!({ "hostname": "x".repeat(100_000) }),
        json!({ "hostname": "web-2" }),
    ];
    let seen = netdata(json!({ "reachable": false, "nodes": nodes }).to_string()).await;
    assert_eq!((seen.status, seen.body.as_str()), (200, r#"{"status":"ok","recorded":2,"duplicates":0}"#));
    let reasons: Vec<_> =
        seen.shelf.quarantined.lock().unwrap().iter().map(|quarantined| quarantined.reason.clone()).collect();
    assert_eq!(reasons, ["labels_too_large"]);

    let seen = netdata(json!({ "reachable": false, "nodes": [nodes[1]] }).to_string()).await;
    assert_eq!(seen.status, 422);
    assert!(seen.body.contains("must not be longer than 98304"), "{}", seen.body);
}

#[tokio::test]
async fn of_many_events_only_the_first_repeats_the_whole_body() {
    let nodes: Vec<_> =
        (0..300).map(|node| json!({ "hostname": format!("node-{node}-{}", noise(40)) })).collect();
    let body = json!({ "reachable": false, "nodes": nodes }).to_string();
    let seen = netdata(body.clone()).await;
    assert!(seen.body.contains(r#""recorded":300"#), "{}", seen.body);
    let requests = seen.shelf.requests.lock().unwrap();
    let whole = requests.iter().filter(|inbound| inbound.body.len() == body.len()).count();
    assert_eq!(whole, 1);
}

#[tokio::test]
async fn a_damaged_spot_takes_nothing_from_its_notification() {
    let seen =
        netdata(b"{\"alarm\":\"disk\",\"severity\":\"warning\",\"info\":\"caf\xe9 \\ud83d\n\"}".to_vec())
            .await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    assert_eq!(seen.shelf.events.lock().unwrap()[0].annotations["info"], "caf\u{fffd} \u{fffd}");
    let seen = to::<Tencent>(post("/tencent", b"{\"sessionId\":\"s\xe9\",\"alarmStatus\":1,\"alarmPolicyInfo\":{\"policyId\":\"p\"},\"firstOccurTime\":\"2021-05-05 04:37:00\",\"durationTime\":NaN}".to_vec())).await;
    assert_eq!((seen.status, seen.body.as_str()), (200, "{\"sessionId\":\"s\u{fffd}\",\"retCode\":0}"));
    assert_eq!(seen.shelf.events.lock().unwrap().len(), 1);
}
