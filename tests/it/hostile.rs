//! Promise 6: whatever comes in, no function fails, and no secret comes out.

mod bodies;
mod requests;

use futures::future::join_all;
use intake::WEBHOOKS;
use tests::function::Setup;
use tests::{
    Answer, Bundle, Call, Data, Deployment, NETDATA_PAIR, READ_TOKEN, Reader, Receiver, TENCENT_PAIR,
    VALIDATION_CODE, damaged_notifications, everywhere, needles, secrets, token, webhook_call,
};

/// How many pages of each list are looked at.
const PAGES: usize = 10;

/// Processes of each function.
const INSTANCES: usize = 2;

fn crowd(setup: Setup) -> Setup {
    setup.instances(INSTANCES)
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

/// An answer is nobody's failure but the caller's, and shows no secret.
fn assert_harmless(call: &Call, answer: &Answer) {
    let body = call.body.get(..200).unwrap_or(&call.body);
    let shown = format!("{} {}?{} {}", call.method, call.path, call.query, String::from_utf8_lossy(body));
    assert!(answer.status < 500, "{shown}: {} {:?}", answer.status, answer.body);
    let said = format!("{:?} {:?}", answer.headers, answer.body);
    // The one secret that is there to be answered.
    if &answer.body[..] != VALIDATION_CODE.as_bytes() {
        let notified: Vec<_> =
            needles().into_iter().filter(|needle| said.contains(needle.as_str())).collect();
        assert!(notified.is_empty(), "{shown}: answered with {notified:?}");
    }
}

/// A log shows no secret and no panic.
fn assert_discreet(log: &str) {
    for needle in needles() {
        let line = log.lines().find(|line| line.contains(&needle));
        assert_eq!(line, None, "a secret is in the log");
    }
    assert!(!log.contains("panicked"), "{log}");
}

/// The newest of what the API shows, raw bodies included, has no secret in it.
async fn assert_api_is_discreet(campanile: &dyn Receiver) {
    for list in ["/v1/alerts?limit=100", "/v1/events?raw=true&limit=10", "/v1/quarantine?limit=10"] {
        let mut cursor = String::new();
        for _ in 0..PAGES {
            let call = Call::get(&format!("{list}&cursor={cursor}")).bearer(READ_TOKEN);
            let answer = campanile.answer(&call).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert_harmless(&call, &answer);
            let Some(next) = answer.json()["next_cursor"].as_str().map(str::to_owned) else { break };
            cursor = next;
        }
    }
}

/// Fails where a process of the function behind `path` ended; none is replaced here.
async fn assert_alive(deployment: &Deployment, path: &str) {
    let function = deployment.function(path).await;
    assert_eq!(function.alive(), INSTANCES, "{path}: {}", function.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_in_single_spots_costs_no_notification() {
    for campanile in everywhere().await {
        let mut sent = 0_u64;
        for source in WEBHOOKS.iter().map(|source| source.as_str()) {
            for call in damaged_notifications(source) {
                let answer = campanile.answer(&call).await;
                assert_eq!(answer.status, 200, "{source}: {}", answer.text());
                sent += 1;
            }
        }
        assert_eq!(campanile.quarantine().await.len(), 0);
        // Those of one transition are one event, sent again with other damage.
        let alerts = campanile.alerts("").await;
        let known: u64 = alerts.iter().map(|alert| alert["duplicates"].as_u64().unwrap()).sum();
        assert_eq!(campanile.events("").await.len() as u64 + known, sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_costs_no_notification() {
    let other = r#"{"name":"disk_space_usage","status":"Critical","triggered_at":"2026-11-28T09:00:00Z"}"#;
    let others = vec![other; 30_000].join(",");
    let body = format!(
        r#"{{"alert":{{"name":"used_swap","state":{{"status":"Critical"}},"log":{{"entries":[{others}]}}}},"space":{{"id":"s"}}}}"#
    );
    // What nothing deflates: of this body an item holds the beginning only.
    let noise: Vec<u8> = {
        let mut rng = fastrand::Rng::with_seed(bodies::SEED);
        std::iter::repeat_with(|| rng.alphanumeric()).take(2_000_000).map(|letter| letter as u8).collect()
    };
    let noise = String::from_utf8_lossy(&noise);
    let incompressible = format!(r#"{{"alarm":"used_ram","severity":"critical","info":"{noise}"}}"#);
    for campanile in everywhere().await {
        for body in [&body, &incompressible] {
            let answer = campanile.answer(&webhook_call("netdata", body.clone().into_bytes())).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        let broken =
            campanile.answer(&webhook_call("netdata", noise.clone().into_owned().into_bytes())).await;
        assert_eq!(broken.status, 422, "{}", broken.text());
        assert_eq!(campanile.alerts("").await.len(), 2);
        assert_eq!(campanile.quarantine().await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_6_no_body_makes_a_function_fail_and_no_secret_comes_out() {
    println!("seed {:#x}", bodies::SEED);
    let deployment = Deployment::with(&secrets(), crowd).await;
    for source in WEBHOOKS.iter().map(|source| source.as_str()) {
        send(&deployment, &bodies::of(source)).await;
        assert_alive(&deployment, &format!("/{source}")).await;
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
    for (source, situation, pair) in
        [("netdata", "nested-raised-critical", NETDATA_PAIR), ("tencent", "metric-firing", TENCENT_PAIR)]
    {
        send(&deployment, &requests::of_known_senders(source, situation, token(source), pair)).await;
        let before = deployment.cloud().audit().await;
        assert!(before.alerts() > 0);
        send(&deployment, &requests::of_strangers(source)).await;
        let after = deployment.cloud().audit().await;
        assert_eq!(after.items(), before.items(), "a stranger left something");
        assert_alive(&deployment, &format!("/{source}")).await;
    }
    send(&deployment, &requests::to_the_api()).await;
    assert_alive(&deployment, "/v1").await;
    assert_api_is_discreet(&deployment).await;
    deployment.cloud().audit().await.assert_without(&needles());
    assert_discreet(&deployment.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_6_no_body_makes_the_bundle_fail_and_no_secret_comes_out() {
    println!("seed {:#x}", bodies::SEED);
    let bundle = Bundle::start(&Data::InMemory, Some(&secrets())).await;
    for source in WEBHOOKS.iter().map(|source| source.as_str()) {
        send(&bundle, &bodies::of(source)).await;
    }
    assert_api_is_discreet(&bundle).await;
    let (status, log) = bundle.stop().await;
    assert!(status.success());
    assert_discreet(&log);
}
