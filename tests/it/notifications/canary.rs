//! The canary's whole way: notifier, gateway, API, table, stream, notifier, gateway, API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use http::StatusCode;
use serde_json::{Value, json};
use tests::function::{Outcome, Setup};
use tests::{Alarm, Call, Deployment, Function, READ_TOKEN, Reader, Receiver, secrets};
use tokio::net::TcpListener;

use super::call;
use super::counted::metrics;
use super::mapping::{Handed, Mapping};

/// Everything in which people look for alerts.
const LISTS: [&str; 5] = ["/v1/alerts", "/v1/events", "/v1/counts", "/v1/notifications", "/v1/quarantine"];

/// A gateway before the functions; yields the address that the notifier is given.
async fn gateway(deployment: &Arc<Deployment>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/canary", listener.local_addr().unwrap());
    let router = Router::new().fallback(forward).with_state(Arc::clone(deployment));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn forward(State(deployment): State<Arc<Deployment>>, request: Request) -> StatusCode {
    let call = Call::new(request.method().as_str(), request.uri().path());
    StatusCode::from_u16(deployment.answer(&call).await.status).unwrap()
}

/// The lists as the API shows them; what Prometheus's tools see names no canary.
async fn lists(deployment: &Deployment) -> Vec<Value> {
    let mut shown = Vec::new();
    for list in LISTS {
        shown.push(deployment.read(list).await);
    }
    for path in ["/metrics", "/api/v2/alerts"] {
        let answer = deployment.answer(&Call::get(path).bearer(READ_TOKEN)).await;
        assert!(answer.is_success() && !answer.text().to_lowercase().contains("canary"), "{}", answer.text());
    }
    shown
}

async fn notifier(deployment: &Arc<Deployment>) -> Function {
    let url = gateway(deployment).await;
    let setup = Setup::new("notifier", deployment.cloud().url()).variable("CAMPANILE_CANARY_URL", &url);
    Function::start(setup).await
}

async fn send_out(notifier: &Function) {
    match notifier.run(&json!({ "tick": "canary" })).await {
        Outcome::Answered(_) => {}
        other => panic!("{other:?}\n{}", notifier.log()),
    }
}

fn with_key() -> Value {
    let mut secrets = secrets();
    secrets["campanile/links"] = json!({ "key": "a key of sixteen characters and more" });
    secrets
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_goes_through_table_and_stream_and_back_and_nobody_sees_it_in_a_list() {
    let deployment = Arc::new(Deployment::start(&with_key()).await);
    let Some(table) = deployment.cloud().embedded_table() else { return };
    assert!(deployment.answer(&call(&Alarm::raised(0))).await.is_success());
    let notifier = notifier(&deployment).await;
    let mapping = Mapping::of(table);
    while mapping.hand_on(&notifier).await != Handed::Nothing {}
    let before = lists(&deployment).await;

    send_out(&notifier).await;
    let out = deployment.function("/canary").await.log();
    assert_eq!(metrics(&out, "CanaryRoundTripSeconds"), Vec::<Value>::new(), "it is on its way only");
    while mapping.hand_on(&notifier).await != Handed::Nothing {}

    let log = deployment.function("/canary").await.log();
    let [metric] = metrics(&log, "CanaryRoundTripSeconds").try_into().unwrap();
    assert!(metric["CanaryRoundTripSeconds"].as_u64().unwrap() < 60, "{metric}");
    assert_eq!(metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["function", "stack"]]));
    assert_eq!(metric["function"], "alerts-api");
    assert_eq!(lists(&deployment).await, before);
    let log = notifier.stop().await;
    assert!(!log.contains("\"ERROR\""), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_cannot_go_out_is_an_error_in_the_log_and_holds_up_nothing() {
    let deployment = Arc::new(Deployment::start(&secrets()).await);
    let notifier = notifier(&deployment).await;
    send_out(&notifier).await;
    let log = notifier.stop().await;
    assert!(log.contains("canary not sent") && log.contains("has no key"), "{log}");

    for (call, status) in [
        (Call::post("/canary/c1.out.1800000000.AAAA", ""), 401),
        (Call::post("/canary/x", ""), 401),
        (Call::get("/canary/x"), 405),
    ] {
        assert_eq!(deployment.answer(&call).await.status, status, "{call:?}");
    }
}
