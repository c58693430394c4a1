//! What is said where something is wrong: what, and what to do.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use http::StatusCode;
use tokio::net::TcpListener;

use super::three_ring;
use crate::operator::{Operator, READER};
use crate::transcripts::assert_transcript;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_wrong_is_refused_with_what_would_be_right() {
    let mut operator = three_ring().await;
    for line in [
        "alerts --severity bad",
        "alerts --handling open,lost",
        "alerts --condition firing --all",
        "alerts db-01",
        "alerts 42f46be7",
        "alerts a=~(",
        "alerts --since yesterday",
        "alerts --limit 0",
        "alerts --cursor somewhere",
        "alerts --columns wide",
        "alert",
        "alert 42f",
        "alert ../../v1/counts",
        "alert 42f46be7 --limit many",
        "ack",
        "ack 42f46be7 --who",
        "note 42f46be7",
        "note 42f46be7 --note ",
        "quarantine show 0",
        "quarantine show 01a2002f",
        "quarantine burn",
        "notifications retry 42f46be7",
        "notifications retry 42f46be7-1-ops",
        "notifications --state lost",
        "alrts",
    ] {
        operator.run(line).await;
    }
    assert_transcript!("refusals", operator.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_does_not_do_has_an_error_of_its_own() {
    let mut operator = three_ring().await;
    operator.run("alerts --token wrong").await;
    operator.run(&format!("alerts --token {READER} --severity critical")).await;
    operator.run(&format!("ack 42f46be7 --token {READER}")).await;
    operator.run("ack 42f46be7 --token 'two\nlines'").await;
    operator.run("send netdata nested-raised-critical --token wrong").await;
    assert_transcript!("refusals", operator.transcript());
    let output =
        operator.command("alerts").env("CAMPANILE_TOKEN", format!(" {READER}\n")).output().await.unwrap();
    assert!(output.status.success(), "what a file ends with is no part of the token in it");
}

#[tokio::test]
async fn an_address_at_which_nobody_answers_is_named_with_what_to_do() {
    let operator = Operator::at("http://127.0.0.1:1".to_owned());
    for line in ["alerts", "ack 42f46be7", "send netdata nested-raised-critical", "quarantine"] {
        let output = operator.output(line).await;
        let complaint = String::from_utf8(output.stderr).unwrap();
        let expected = "campanile: nobody answers at http://127.0.0.1:1: start one with `campanile up`, or say with --url or \
                        CAMPANILE_URL where it is: ";
        assert!(complaint.starts_with(expected), "{line}: {complaint}");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_before_anything_is_sent() {
    let mut operator = Operator::at("http://127.0.0.1:1".to_owned());
    for url in [
        "127.0.0.1:9000",
        "localhost:9000",
        "https://ana@alerts.example.com",
        "https://a.example.com/?token=x",
    ] {
        operator.run(&format!("alerts --url {url}")).await;
    }
    assert_transcript!("refusals", operator.transcript());
}

#[tokio::test]
async fn somebody_else_who_answers_is_not_taken_for_campanile() {
    let router = Router::new()
        .route("/page/v1/alerts", get(|| async { "<html>hello</html>" }))
        .route("/json/v1/alerts", get(|| async { r#"{"items":[]}"# }))
        .route("/gateway/v1/alerts", get(|| async { (StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#) }))
        .route("/broken/v1/alerts", get(|| async { (StatusCode::BAD_GATEWAY, "<h1>Bad Gateway</h1>") }))
        .route("/moved/v1/alerts", get(|| async { Redirect::permanent("/page/v1/alerts") }))
        .route("/old/v1/alerts", get(|| async { r#"{"alerts":[{"id":1}],"next_cursor":null}"# }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut operator = Operator::at(base);
    for place in ["page", "json", "gateway", "broken", "moved", "old"] {
        let url = format!("{}/{place}", operator.url);
        operator.run(&format!("alerts --url {url}")).await;
    }
    operator.run(&format!("alerts --json --url {}/page", operator.url.clone())).await;
    assert_transcript!("refusals", operator.transcript());
}
