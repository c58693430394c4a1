//! Promise 7: a destination that hangs or is slow keeps nothing from another one, and what is critical goes first.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::any;
use futures::{StreamExt, stream};
use http::StatusCode;
use serde_json::{Value, json};
use tests::{Alarm, Bundle, Data, Receiver, eventually, secrets};
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::call;

/// How many alerts open; fewer where the compiler did not try.
const ALERTS: usize = if cfg!(debug_assertions) { 100 } else { 600 };
/// How long after one another they open: thirty a second.
const EVERY: Duration = Duration::from_millis(33);
/// How many of them are on their way at a time, at most.
const SENDERS: usize = 8;
/// In how long 99 of 100 are to be at the destination that is well: two seconds, and more where the compiler did not try.
const P99: Duration = if cfg!(debug_assertions) { Duration::from_secs(15) } else { Duration::from_secs(2) };

/// By destination, which alert came when.
type Arrivals = Arc<Mutex<BTreeMap<String, Vec<(String, Instant)>>>>;

/// `hangs` takes a request and never answers, `slow` takes a second for each, and any other is well.
async fn take(State(arrivals): State<Arrivals>, Path(destination): Path<String>, body: String) -> StatusCode {
    let body: Value = serde_json::from_str(&body).unwrap();
    let name = body["alarm"].as_str().unwrap_or_default().to_owned();
    arrivals.lock().unwrap().entry(destination.clone()).or_default().push((name, Instant::now()));
    match destination.as_str() {
        "hangs" => sleep(Duration::from_hours(1)).await,
        "slow" => sleep(Duration::from_secs(1)).await,
        _ => {}
    }
    StatusCode::NO_CONTENT
}

async fn serve(arrivals: Arrivals) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/{destination}", any(take)).with_state(arrivals);
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

async fn send(bundle: &Bundle, alarm: Alarm) -> (String, Instant) {
    let sent = Instant::now();
    let answer = bundle.answer(&call(&alarm)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    (alarm.name, sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_7_a_destination_that_hangs_and_a_slow_one_delay_no_other_and_a_critical_is_not_last() {
    let arrivals = Arrivals::default();
    let base = serve(arrivals.clone()).await;
    let mut secrets = secrets();
    let destinations = ["hangs", "slow", "well"].map(|id| {
        let settings = json!({ "url": format!("{base}/{id}"), "auth": "bearer", "token": "token-of-ours" });
        json!({ "id": id, "type": "webhook", "settings": settings })
    });
    secrets["campanile/destinations"] = json!({ "destinations": destinations });
    let bundle = Bundle::start(&Data::InMemory, Some(&secrets)).await;

    let warnings = stream::iter(0..ALERTS - 1).then(|number| async move {
        sleep(EVERY).await;
        Alarm::step(number, number, "Warning")
    });
    let sent = warnings.map(|alarm| send(&bundle, alarm)).buffer_unordered(SENDERS);
    let mut sent: BTreeMap<String, Instant> = sent.collect().await;
    let (critical, at) = send(&bundle, Alarm::step(ALERTS, ALERTS, "Critical")).await;
    sent.insert(critical.clone(), at);

    let count = |destination: &str| arrivals.lock().unwrap().get(destination).map_or(0, Vec::len);
    eventually("all of them came to the one that is well", async || count("well") >= ALERTS).await;
    eventually("the critical came to the slow one", async || {
        arrivals.lock().unwrap().get("slow").is_some_and(|all| all.iter().any(|(name, _)| *name == critical))
    })
    .await;
    let arrivals = arrivals.lock().unwrap();
    assert!(arrivals["slow"].len() < ALERTS, "the critical was the last");
    assert!(arrivals["hangs"].len() < ALERTS);

    let mut late: Vec<Duration> =
        arrivals["well"].iter().map(|(name, at)| at.saturating_duration_since(sent[name])).collect();
    late.sort_unstable();
    assert_eq!(late.len(), ALERTS, "each once");
    let at = |percent: usize| late[(ALERTS * percent / 100).min(ALERTS - 1)];
    println!("{ALERTS} alerts: p50 {:?}, p99 {:?}, last {:?}", at(50), at(99), late[ALERTS - 1]);
    assert!(at(99) <= P99, "p99 {:?}", at(99));
}
