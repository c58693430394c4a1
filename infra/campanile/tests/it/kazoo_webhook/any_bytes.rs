//! Whatever a known sender sends is answered 200 and is in the table: as an event or in quarantine.

use std::collections::BTreeSet;
use std::path::Path;

use fastrand::Rng;
use http::{Method, Request};
use intake::QuarantineId;
use serde_json::Value;

use super::world::{World, request};

const REQUESTS: usize = 300;

const CONTENT_TYPES: [&str; 6] = [
    "",
    "application/json",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin1",
    "text/html",
    "\u{fc}",
];

/// What fixtures hold; random bytes alone seldom get past the first brace.
fn corpus() -> Vec<Vec<u8>> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/kazoo");
    let mut paths: Vec<_> = std::fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Random bytes, or one or two fixtures cut, glued and disturbed.
fn bytes(rng: &mut Rng, corpus: &[Vec<u8>]) -> Vec<u8> {
    if rng.u8(..8) == 0 {
        return (0..rng.usize(..200)).map(|_| rng.u8(..)).collect();
    }
    let mut bytes = rng.choice(corpus).unwrap().clone();
    if rng.bool() {
        bytes.truncate(rng.usize(..=bytes.len()));
    }
    if rng.u8(..4) == 0 {
        bytes.extend_from_slice(rng.choice(corpus).unwrap());
    }
    for _ in 0..rng.usize(..4) {
        if !bytes.is_empty() {
            let place = rng.usize(..bytes.len());
            bytes[place] = rng.u8(..);
        }
    }
    bytes
}

fn any_request(rng: &mut Rng, corpus: &[Vec<u8>]) -> Request<Vec<u8>> {
    let bytes = bytes(rng, corpus);
    let method = rng.choice([Method::GET, Method::POST, Method::PUT]).unwrap();
    let mut request = if method == Method::GET {
        // Only what a URI can hold gets here; the gateway escapes the rest.
        let fit = |byte: &u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(byte);
        let query: String = bytes.iter().filter(|byte| fit(byte)).map(|byte| char::from(*byte)).collect();
        request(&method, &format!("?hook=object?{query}"), Vec::new())
    } else {
        request(&method, rng.choice(["", "?hook=all", "?hook=channel_destroy", "?&&?"]).unwrap(), bytes)
    };
    let headers = request.headers_mut();
    headers.insert("content-type", rng.choice(CONTENT_TYPES).unwrap().parse().unwrap());
    if rng.bool() {
        headers.insert("x-account-id", "A".parse().unwrap());
    }
    request
}

#[tokio::test]
async fn any_bytes_with_a_valid_token_are_answered_200_and_nothing_is_lost() {
    let seed = fastrand::u64(..);
    let mut rng = Rng::with_seed(seed);
    let (world, corpus) = (World::new().await, corpus());
    let mut acknowledged = BTreeSet::new();
    for number in 0..REQUESTS {
        let request = any_request(&mut rng, &corpus);
        let sent = format!("seed {seed}, request {number}: {request:?}");
        let answer = world.send(request).await;
        assert_eq!(answer.status, 200, "{sent}");
        let id = answer.body["id"].as_str().unwrap().to_owned();
        match answer.body["status"].as_str() {
            Some("recorded" | "duplicate") => drop(acknowledged.insert(id)),
            Some("quarantined") => is_quarantined(&world, &id, &sent).await,
            _ => panic!("{sent}: {}", answer.body),
        }
    }
    let kept: BTreeSet<_> =
        world.history(&[]).await.iter().map(|entry| entry.event.event_id.to_string()).collect();
    assert!(acknowledged.is_subset(&kept), "seed {seed}: {:?}", acknowledged.difference(&kept));
    assert!(!acknowledged.is_empty() && acknowledged.len() < REQUESTS, "seed {seed}: nothing is tested");
}

async fn is_quarantined(world: &World, id: &str, sent: &str) {
    let id: QuarantineId = id.parse().unwrap();
    let kept = world.platform.table.quarantined_by(id).await.unwrap();
    assert!(kept.is_some_and(|kept| !kept.reason.is_empty()), "{sent}");
}

#[tokio::test]
async fn what_is_quarantined_is_kept_byte_for_byte() {
    let world = World::new().await;
    for body in [&b""[..], b"\xff\xfe\x00", b"{\"account_id\":", b"[1,2]", b"\n\n&&?\r\n", &[0; 5000]] {
        let answer = world.send(request(&Method::POST, "?hook=all&x=%FF", body.to_vec())).await;
        assert_eq!((answer.status, &answer.body["status"]), (200, &Value::from("quarantined")));
        let id = answer.body["id"].as_str().unwrap().parse().unwrap();
        let kept = world.platform.table.quarantined_by(id).await.unwrap().unwrap().inbound;
        assert_eq!((kept.body.as_slice(), kept.query.as_str()), (body, "hook=all&x=%FF"));
    }
}
