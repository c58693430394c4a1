//! Promise 6: whatever comes in, no function fails, and no secret comes out.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fastrand::Rng;
use futures::future::join_all;
use tests::function::Setup;
use tests::{
    Answer, Bundle, Call, Data, Deployment, NETDATA_PAIR, NETDATA_TOKEN, READ_TOKEN, Receiver, TENCENT_PAIR,
    TENCENT_TOKEN, VALIDATION_CODE, delivery, fixtures, needles, secrets,
};

/// Decides what is mutated, and how.
const SEED: u64 = 0x6b65_6c6c;
/// How many bodies of chance, and how many broken fixtures, each source is sent.
const OF_CHANCE: usize = 60;

const SOURCES: [&str; 2] = ["netdata", "tencent"];

fn crowd(setup: Setup) -> Setup {
    setup.instances(2)
}

/// Bodies that somebody who means ill, or a broken program, may send.
fn bodies(source: &str) -> Vec<Vec<u8>> {
    let mut rng = Rng::with_seed(SEED);
    let originals = fixtures(source);
    let chance = (0..OF_CHANCE).map(|_| noise(&mut rng.clone(), 2048)).collect::<Vec<_>>();
    let broken = (0..OF_CHANCE).map(|_| {
        let original = rng.choice(&originals).unwrap().clone();
        mutated(&mut rng, original)
    });
    let broken: Vec<_> = broken.collect();
    [chance, broken, extremes(source)].concat()
}

fn noise(rng: &mut Rng, most: usize) -> Vec<u8> {
    (0..rng.usize(0..most)).map(|_| rng.u8(..)).collect()
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

/// Values beyond all measure, in the places where values are read.
fn extremes(source: &str) -> Vec<Vec<u8>> {
    let values = [
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
    let long = format!("\"{}\"", "ä".repeat(100_000));
    let values = values.iter().copied().chain([long.as_str()]);
    let keys = keys(source);
    let replaced =
        values.flat_map(|value| keys.iter().map(move |(original, key)| replaced(original, key, value)));
    let deep =
        [("[", 100_000), (r#"{"a":"#, 40_000), (r#"{"alert":"#, 20_000), (r#"{"alarmPolicyInfo":"#, 10_000)];
    let deep = deep.iter().map(|(open, times)| open.repeat(*times).into_bytes());
    replaced.chain(deep).chain([many_nodes(), many_members()]).collect()
}

/// Fixtures, and keys in them whose values are read as something.
fn keys(source: &str) -> Vec<(String, &'static str)> {
    let in_fixture = |situation, keys: &[&'static str]| {
        let body = tests::fixture(source, situation);
        keys.iter().map(|key| (body.clone(), *key)).collect::<Vec<_>>()
    };
    match source {
        "netdata" => [
            in_fixture(
                "nested-raised-critical",
                &["triggered_at", "non_clear", "value", "status", "rooms", "url", "chart"],
            ),
            in_fixture("flat-v1.42-warning", &["date", "severity", "rooms", "alarm", "message"]),
            in_fixture("reachability-three-nodes", &["nodes", "status", "reachable", "space"]),
        ]
        .concat(),
        _ => [
            in_fixture(
                "metric-firing",
                &["firstOccurTime", "durationTime", "recoverTime", "dimensions", "conditions", "sessionId"],
            ),
            in_fixture("event-ping-unreachable", &["alarmStatus", "additionalMsg", "objDetail"]),
        ]
        .concat(),
    }
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

/// Calls whose credentials are good, wherever they stand and whatever stands around them.
fn strange_requests(source: &str, token: &str, pair: &str) -> Vec<Call> {
    let body = fixtures(source).swap_remove(0);
    let bare = |target: &str| Call::post(&format!("/{source}{target}"), body.clone());
    let mut calls: Vec<_> = [
        format!("/{token}?a={{\"b\"}}|^`\\<>"),
        format!("/{token}/?%ff%fe=%00"),
        format!("?token={token}&a=ü"),
        format!("?%74oken={token}"),
        format!("?a=1?token={token}"),
        format!("?token={token}&token={token}&&&==&%"),
        format!("?{}&token={token}", "a=b&".repeat(1000)),
    ]
    .iter()
    .map(|target| bare(target))
    .collect();
    calls.extend([
        bare("").basic(pair),
        bare("").basic(pair).bearer(token),
        bare("").header("x-api-key", token).header("authorization", "Basic /w=="),
        bare("").bearer(token).header("x-long", &"x".repeat(8000)),
        bare("").bearer(token).header("content-type", "application/json; charset=\"\u{fc}"),
        bare("").bearer(token).header("user-agent", "Zürich 🔔"),
    ]);
    for method in ["PROPFIND", "get", "M-SEARCH", "CONNECT", "TRACE"] {
        calls.push(Call::new(method, &format!("/{source}/{token}")));
    }
    calls
}

/// Calls without good credentials; some hold what is good elsewhere.
fn strangers(source: &str) -> Vec<Call> {
    let paths =
        ["/%ff%fe", "/é", "//", "/../..", "/%00", "/<script>", "/{}|^`\"", "/\u{7f}", &"/a".repeat(2000)];
    let elsewhere = if source == "netdata" { TENCENT_TOKEN } else { NETDATA_TOKEN };
    let strange = paths.iter().map(|path| Call::post(&format!("/{source}{path}"), "{}"));
    let misled = [
        Call::post(&format!("/{source}/{elsewhere}"), "{}"),
        Call::post(&format!("/{source}?token={READ_TOKEN}"), "{}"),
        Call::post(&format!("/{source}"), "{}")
            .basic(&format!("x:{elsewhere}"))
            .header("x-api-key", READ_TOKEN),
    ];
    strange.chain(misled).collect()
}

/// Questions to the API that make no sense.
fn questions() -> Vec<Call> {
    let cursor = |text: &str| format!("cursor={}", URL_SAFE_NO_PAD.encode(text));
    let mut queries: Vec<_> =
        ["limit=-1", "limit=99999999999999999999", "limit=0", "cursor=%25%25", "cursor=é", "raw=maybe"]
            .into_iter()
            .chain([
                "condition=firing%00",
                "severity=%ff",
                "source='; DROP TABLE",
                "condition=,,,",
                "%=%&&=",
                "limit=1&limit=x",
            ])
            .map(str::to_owned)
            .collect();
    queries.extend(["9999-12-31T00:00:00Z#x", "-009999-01-01", "2026-02-30T", "2026-11-2é", ""].map(cursor));
    let unknown = "0".repeat(32);
    let lists = ["/v1/alerts", "/v1/events", "/v1/quarantine", &format!("/v1/alerts/{unknown}/events")]
        .map(str::to_owned);
    let paths = [
        "/v1/alerts/..%2f..",
        "/v1/alerts/%ff",
        "/v1/alerts/ALERT%23x",
        &format!("/v1/alerts/{unknown}"),
        "/v2",
        "/v1/alerts//",
    ];
    let asked = lists.iter().flat_map(|list| queries.iter().map(move |query| format!("{list}?{query}")));
    asked.chain(paths.map(str::to_owned)).map(|target| Call::get(&target).bearer(READ_TOKEN)).collect()
}

/// Sends all calls, some at a time, and looks at each answer.
async fn send(campanile: &dyn Receiver, calls: &[Call]) {
    for calls in calls.chunks(8) {
        let answers = join_all(calls.iter().map(|call| campanile.answer(call))).await;
        for (call, answer) in calls.iter().zip(&answers) {
            assert_harmless(call, answer);
        }
    }
}

fn assert_harmless(call: &Call, answer: &Answer) {
    let shown = format!(
        "{} {}?{} {:?}",
        call.method,
        call.path,
        call.query,
        call.body.get(..200).unwrap_or(&call.body)
    );
    assert!(answer.status < 500, "{shown}: {} {:?}", answer.status, answer.body);
    let said = format!("{:?} {:?}", answer.headers, answer.body);
    // The one secret that is there to be told.
    if &answer.body[..] != VALIDATION_CODE.as_bytes() {
        let told: Vec<_> = needles().into_iter().filter(|needle| said.contains(needle.as_str())).collect();
        assert!(told.is_empty(), "{shown}: answered with {told:?}");
    }
}

fn assert_discreet(log: &str) {
    for needle in needles() {
        let line = log.lines().find(|line| line.contains(&needle));
        assert_eq!(line, None, "a secret is in the log");
    }
    assert!(!log.contains("panicked"), "{log}");
}

async fn assert_api_is_discreet(campanile: &dyn Receiver) {
    for target in ["/v1/alerts?limit=1000", "/v1/events?raw=true&limit=1000", "/v1/quarantine?limit=1000"] {
        let call = Call::get(target).bearer(READ_TOKEN);
        let answer = campanile.answer(&call).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_harmless(&call, &answer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_6_no_body_makes_a_function_fail_and_no_secret_comes_out() {
    println!("seed {SEED:#x}");
    let deployment = Deployment::with(&secrets(), crowd).await;
    for source in SOURCES {
        let calls: Vec<_> = bodies(source).into_iter().map(|body| delivery(source, body)).collect();
        send(&deployment, &calls).await;
        assert_eq!(
            deployment.function(&format!("/{source}")).await.alive(),
            2,
            "a process of {source} ended"
        );
    }
    assert_api_is_discreet(&deployment).await;
    let audit = deployment.cloud().audit().await;
    audit.assert_whole();
    audit.assert_without(&needles());
    assert!(audit.alerts() > 0 && audit.quarantined() > 0);
    assert_discreet(&deployment.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_6_no_strange_request_makes_a_function_fail_and_no_secret_comes_out() {
    let deployment = Deployment::with(&secrets(), crowd).await;
    for (source, token, pair) in
        [("netdata", NETDATA_TOKEN, NETDATA_PAIR), ("tencent", TENCENT_TOKEN, TENCENT_PAIR)]
    {
        send(&deployment, &strange_requests(source, token, pair)).await;
        let before = deployment.cloud().audit().await.items();
        send(&deployment, &strangers(source)).await;
        assert_eq!(deployment.cloud().audit().await.items(), before, "a stranger left something");
        assert_eq!(
            deployment.function(&format!("/{source}")).await.alive(),
            2,
            "a process of {source} ended"
        );
    }
    send(&deployment, &questions()).await;
    assert_eq!(deployment.function("/v1").await.alive(), 2, "a process of the API ended");
    assert_api_is_discreet(&deployment).await;
    deployment.cloud().audit().await.assert_without(&needles());
    assert_discreet(&deployment.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_6_no_body_makes_the_bundle_fail_and_no_secret_comes_out() {
    println!("seed {SEED:#x}");
    let bundle = Bundle::start(&Data::InMemory, Some(&secrets())).await;
    for source in SOURCES {
        let calls: Vec<_> = bodies(source).into_iter().map(|body| delivery(source, body)).collect();
        send(&bundle, &calls).await;
    }
    assert_api_is_discreet(&bundle).await;
    let (status, log) = bundle.stop().await;
    assert!(status.success());
    assert_discreet(&log);
}
