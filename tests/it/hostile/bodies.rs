//! Bodies that somebody who means ill, or a broken program, may send; the sender is known.

use fastrand::Rng;
use tests::{Call, fixture, notifications, webhook_call};

/// Decides what is sent of what is left to chance.
pub(super) const SEED: u64 = 0x6b65_6c6c;
/// How many bodies of chance each source is sent, and how many broken fixtures unless `CAMPANILE_DAMAGES` says so.
const OF_CHANCE: usize = 50;

/// Where values are read: source, fixture, and keys in it.
const KEYS: [(&str, &str, &[&str]); 5] = [
    (
        "netdata",
        "nested-raised-critical",
        &["triggered_at", "non_clear", "value", "status", "rooms", "url", "chart"],
    ),
    ("netdata", "flat-v1.42-warning", &["date", "severity", "rooms", "alarm", "message"]),
    ("netdata", "reachability-three-nodes", &["nodes", "status", "reachable", "space"]),
    (
        "tencent",
        "metric-firing",
        &["firstOccurTime", "durationTime", "recoverTime", "dimensions", "conditions", "sessionId"],
    ),
    ("tencent", "event-ping-unreachable", &["alarmStatus", "additionalMsg", "objDetail"]),
];

/// Values that are seldom thought of.
const VALUES: [&str; 20] = [
    "1e999",
    "-1e999",
    "99999999999999999999999999",
    "-9223372036854775808",
    "-0",
    "0.1e-400",
    "null",
    "{}",
    "[]",
    "[[]]",
    "true",
    r#""\ud800""#,
    r#""\u0000""#,
    r#""""#,
    "\"\u{202e}ü🔔\"",
    r#""99999-12-31 00:00:00""#,
    r#""-9999-01-01T00:00:00Z""#,
    r#""9999-12-31T23:59:60+23:59""#,
    "253402300800",
    "9223372036854775807",
];

/// What is opened so many times and never closed.
const DEEP: [(&str, usize); 4] =
    [("[", 100_000), (r#"{"a":"#, 40_000), (r#"{"alert":"#, 20_000), (r#"{"alarmPolicyInfo":"#, 10_000)];

/// Calls of `source` whose bodies, or queries where it uses them, are hardly what they should be.
pub(super) fn of(source: &str) -> Vec<Call> {
    let mut rng = Rng::with_seed(SEED);
    let originals = notifications(source);
    let mut calls: Vec<_> = (0..OF_CHANCE).map(|_| webhook_call(source, noise(&mut rng))).collect();
    for _ in 0..damages() {
        let original = rng.choice(&originals).unwrap().clone();
        calls.push(broken(&mut rng, original));
    }
    calls.extend(extremes(source).into_iter().map(|body| webhook_call(source, body)));
    calls
}

#[expect(clippy::disallowed_methods, reason = "how much is tried is for whoever runs the test")]
fn damages() -> usize {
    std::env::var("CAMPANILE_DAMAGES").map_or(OF_CHANCE, |number| number.parse().unwrap())
}

fn noise(rng: &mut Rng) -> Vec<u8> {
    (0..rng.usize(0..2048)).map(|_| rng.u8(..)).collect()
}

/// The notification with a little damage.
fn broken(rng: &mut Rng, mut call: Call) -> Call {
    if call.body.is_empty() {
        let query = mutated(rng, call.query.into_bytes());
        // A query is text, and has no blanks, when API Gateway hands it on.
        call.query = String::from_utf8_lossy(&query).chars().filter(char::is_ascii_graphic).collect();
    } else {
        call.body = mutated(rng, call.body.to_vec()).into();
    }
    call
}

/// The body with some bytes replaced, dropped, doubled or cut off.
fn mutated(rng: &mut Rng, mut body: Vec<u8>) -> Vec<u8> {
    for _ in 0..rng.usize(1..8) {
        if body.is_empty() {
            break;
        }
        let at = rng.usize(0..body.len());
        match rng.u8(0..5) {
            0 => body[at] = rng.u8(..),
            1 => drop(body.remove(at)),
            2 => body.insert(at, *rng.choice(br#"{}[]",:0-9e\"#.iter()).unwrap()),
            3 => body.truncate(at),
            _ => body.extend_from_within(at..),
        }
    }
    body
}

/// Values beyond all measure, in the places where values are read, and shapes beyond all measure.
fn extremes(source: &str) -> Vec<Vec<u8>> {
    let long = format!("\"{}\"", "ä".repeat(100_000));
    let values: Vec<_> = VALUES.into_iter().chain([long.as_str()]).collect();
    let mut bodies = vec![many_nodes(), many_members()];
    bodies.extend(DEEP.map(|(open, times)| open.repeat(times).into_bytes()));
    for (_, situation, keys) in KEYS.iter().filter(|(of, ..)| *of == source) {
        let original = fixture(source, situation);
        for key in *keys {
            bodies.extend(values.iter().map(|value| replaced(&original, key, value)));
        }
    }
    bodies
}

/// `original` with another value at the first occurrence of `key`; the old value stays as a further member.
fn replaced(original: &str, key: &str, value: &str) -> Vec<u8> {
    let key = format!("\"{key}\":");
    assert!(original.contains(&key), "{key}");
    original.replacen(&key, &format!("{key} {value}, \"previous\":"), 1).into_bytes()
}

fn many_nodes() -> Vec<u8> {
    let nodes: Vec<_> = (0..200).map(|n| format!(r#"{{"hostname":"node-{n}"}}"#)).collect();
    format!(r#"{{"reachable":false,"nodes":[{}]}}"#, nodes.join(",")).into_bytes()
}

fn many_members() -> Vec<u8> {
    let members: Vec<_> = (0..10_000).map(|n| format!(r#""dimension-{n}":"{n}""#)).collect();
    format!(
        r#"{{"alarmStatus":"1","firstOccurTime":"2021-05-05 04:37:00","alarmObjInfo":{{"dimensions":{{{}}}}},
            "alarmPolicyInfo":{{"policyId":"p"}},"alert":"many","severity":"critical"}}"#,
        members.join(",")
    )
    .into_bytes()
}
