//! Secrets that are missing, rotated, not to be used, or out of reach.

use std::time::Duration;

use serde_json::{Value, json};
use tests::cloud::Fault;
use tests::function::Setup;
use tests::{Alarm, Call, Deployment, READ_TOKEN, Reader, Receiver, eventually, notification, secrets};
use tokio::time::Instant;

/// The tokens that the local bundle uses by itself, as its own file has them.
const DEVELOPMENT: &str = include_str!("../../infra/development-secrets.json");

/// Tencent's own limit for one request.
const TENCENT_WAITS: Duration = Duration::from_secs(5);

fn forgetful(setup: Setup) -> Setup {
    setup.variable("CAMPANILE_SECRET_MAX_AGE_SECS", "1")
}

fn netdata(token: &str) -> Value {
    json!({ "tokens": [token] })
}

fn call(token: &str) -> Call {
    Call::post("/netdata", Alarm::raised(1).body()).bearer(token)
}

async fn status(deployment: &Deployment, call: &Call) -> u16 {
    deployment.answer(call).await.status
}

#[tokio::test]
async fn a_cold_function_that_cannot_read_its_secret_answers_503_and_recovers_at_once() {
    let deployment = Deployment::start(&secrets()).await;
    deployment
        .cloud()
        .fail(|operation| (operation == "GetSecretValue").then_some(Fault::Refused("InternalServiceError")));

    let answer = deployment.answer(&Alarm::raised(1).call()).await;
    assert_eq!(answer.status, 503);
    assert!(answer.json()["error"].is_string());
    let answer = deployment.answer(&notification("tencent", "metric-firing")).await;
    assert_eq!((answer.status, answer.text()), (503, r#"{"sessionId":"","retCode":1}"#));
    let answer = deployment.answer(&Call::get("/v1/alerts").bearer(READ_TOKEN)).await;
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (503, &json!("unavailable")));
    assert_eq!(deployment.cloud().audit().await.items(), 0);

    deployment.cloud().heal();
    assert_eq!(status(&deployment, &Alarm::raised(1).call()).await, 200);
    assert_eq!(status(&deployment, &notification("tencent", "metric-firing")).await, 200);
    assert_eq!(deployment.alerts("").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn tencent_hears_within_five_seconds_that_secrets_manager_is_silent() {
    let deployment = Deployment::start(&secrets()).await;
    deployment.cloud().fail(|operation| (operation == "GetSecretValue").then_some(Fault::Silence));
    // The function starts before the clock does; its secrets are not read yet.
    deployment.function("/tencent").await;
    let start = Instant::now();
    let answer = deployment.answer(&notification("tencent", "metric-firing")).await;
    assert!(start.elapsed() < TENCENT_WAITS, "{:?}", start.elapsed());
    assert_eq!((answer.status, answer.text()), (503, r#"{"sessionId":"","retCode":1}"#));
}

#[tokio::test]
async fn a_function_that_knows_its_secret_goes_on_with_it_while_secrets_manager_is_down() {
    let deployment = Deployment::with(&secrets(), forgetful).await;
    assert_eq!(status(&deployment, &Alarm::raised(1).call()).await, 200);
    deployment
        .cloud()
        .fail(|operation| (operation == "GetSecretValue").then_some(Fault::Refused("InternalServiceError")));

    eventually("the secret is too old and cannot be read again", async || {
        assert_eq!(status(&deployment, &Alarm::raised(2).call()).await, 200);
        deployment.cloud().faults() > 0
    })
    .await;

    assert_eq!(status(&deployment, &Alarm::raised(3).call()).await, 200);
    assert_eq!(status(&deployment, &call("wrong")).await, 401);
}

#[tokio::test]
async fn a_function_that_knows_its_secret_goes_on_with_it_while_secrets_manager_is_silent() {
    let deployment = Deployment::with(&secrets(), forgetful).await;
    let call = notification("tencent", "metric-firing");
    assert_eq!(status(&deployment, &call).await, 200);
    deployment.cloud().fail(|operation| (operation == "GetSecretValue").then_some(Fault::Silence));

    eventually("the secret is too old and cannot be read again", async || {
        let start = Instant::now();
        assert_eq!(status(&deployment, &call).await, 200);
        assert!(start.elapsed() < TENCENT_WAITS, "{:?}", start.elapsed());
        deployment.cloud().faults() > 0
    })
    .await;
}

#[tokio::test]
async fn the_previous_token_is_accepted_and_the_one_before_is_not() {
    let mut secrets = secrets();
    secrets["campanile/netdata"] = netdata("first-token");
    let deployment = Deployment::start(&secrets).await;
    deployment.cloud().rotate("campanile/netdata", &netdata("second-token")).await;
    deployment.cloud().rotate("campanile/netdata", &netdata("third-token")).await;
    for (token, expected) in [("third-token", 200), ("second-token", 200), ("first-token", 401)] {
        assert_eq!(status(&deployment, &call(token)).await, expected, "{token}");
    }
}

#[tokio::test]
async fn a_running_function_learns_of_a_rotation_and_of_a_withdrawal() {
    let mut secrets = secrets();
    secrets["campanile/netdata"] = netdata("first-token");
    let deployment = Deployment::with(&secrets, forgetful).await;
    assert_eq!(status(&deployment, &call("first-token")).await, 200);

    deployment.cloud().rotate("campanile/netdata", &netdata("second-token")).await;
    eventually("the new token is accepted", async || status(&deployment, &call("second-token")).await == 200)
        .await;
    assert_eq!(status(&deployment, &call("first-token")).await, 200);

    deployment.cloud().rotate("campanile/netdata", &netdata("third-token")).await;
    eventually("the withdrawn token is refused", async || {
        status(&deployment, &call("first-token")).await == 401
    })
    .await;
}

#[tokio::test]
async fn a_rotated_token_of_the_api_is_accepted_until_it_is_withdrawn() {
    let api = |token: &str| json!({ "tokens": [{ "token": token, "name": "n", "role": "read" }] });
    let mut secrets = secrets();
    secrets["campanile/api"] = api("first-token");
    let deployment = Deployment::start(&secrets).await;
    deployment.cloud().rotate("campanile/api", &api("second-token")).await;
    deployment.cloud().rotate("campanile/api", &api("third-token")).await;
    for (token, expected) in [("third-token", 200), ("second-token", 200), ("first-token", 401)] {
        assert_eq!(status(&deployment, &Call::get("/v1/alerts").bearer(token)).await, expected, "{token}");
    }
}

#[tokio::test]
async fn functions_refuse_the_tokens_of_development() {
    let secrets: Value = serde_json::from_str(DEVELOPMENT).unwrap();
    let token = |name: &str| {
        let token = &secrets[name]["tokens"][0];
        token.as_str().or_else(|| token["token"].as_str()).unwrap().to_owned()
    };
    let deployment = Deployment::start(&secrets).await;
    assert_eq!(status(&deployment, &call(&token("campanile/netdata"))).await, 503);
    let tencent = Call::post("/tencent", "{}").bearer(&token("campanile/tencent"));
    assert_eq!(status(&deployment, &tencent).await, 503);
    let api = Call::get("/v1/alerts").bearer(&token("campanile/api"));
    assert_eq!(status(&deployment, &api).await, 503);
    assert_eq!(deployment.cloud().audit().await.items(), 0);
}

#[tokio::test]
async fn a_token_of_development_is_refused_even_as_the_previous_one() {
    let development: Value = serde_json::from_str(DEVELOPMENT).unwrap();
    let mut secrets = secrets();
    secrets["campanile/netdata"] = development["campanile/netdata"].clone();
    let deployment = Deployment::start(&secrets).await;
    deployment.cloud().rotate("campanile/netdata", &netdata("own-token")).await;
    let token = development["campanile/netdata"]["tokens"][0].as_str().unwrap();
    assert_eq!(status(&deployment, &call(token)).await, 401);
    assert_eq!(status(&deployment, &call("own-token")).await, 200);
}

#[tokio::test]
async fn a_source_with_nothing_configured_refuses_everything_and_says_so_in_the_log() {
    for secret in [None, Some(json!({})), Some(json!({ "challenge_secret": "c" }))] {
        let mut secrets = secrets();
        let members = secrets.as_object_mut().unwrap();
        members.remove("campanile/netdata");
        members.extend(secret.map(|secret| ("campanile/netdata".to_owned(), secret)));
        let deployment = Deployment::start(&secrets).await;
        assert_eq!(status(&deployment, &Alarm::raised(1).call()).await, 503);
        assert_eq!(deployment.cloud().audit().await.items(), 0);
        let log = deployment.stop().await;
        assert!(log.contains("no credential is configured"), "{log}");
    }
}

#[tokio::test]
async fn a_secret_that_is_not_what_it_should_be_is_a_503_that_shows_nothing_of_it() {
    let mut secrets = secrets();
    secrets["campanile/netdata"] = json!(r#"{"tokens": "s3cr3t-that-should-be-a-list"}"#);
    let deployment = Deployment::start(&secrets).await;
    let answer = deployment.answer(&Alarm::raised(1).call()).await;
    assert_eq!(answer.status, 503);
    let log = deployment.stop().await;
    assert!(!format!("{} {log}", answer.text()).contains("s3cr3t"), "{log}");
    assert!(log.contains("campanile/netdata"), "{log}");
}
