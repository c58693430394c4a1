//! Alerts and requests whose texts try to steer the terminal of whoever reads them.

use serde_json::{Value, json};

use super::fingerprint;
use crate::operator::Operator;

/// Clears the screen, sets the window's title, turns the text around, and speaks of what follows as if it were a prompt.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{7f}\u{202e}evil\r\n$ rm\t-rf";

#[tokio::test(flavor = "multi_thread")]
async fn no_list_and_no_sheet_lets_a_text_steer_the_terminal_and_json_keeps_it() {
    let operator = Operator::before_a_bundle().await;
    let labels = [("alertname", "Swap"), ("instance", HOSTILE), (HOSTILE, HOSTILE), ("severity", HOSTILE)];
    operator.fire(&[(&labels, 5)]).await;
    let alert = fingerprint(&operator, "Swap").await;
    operator.post("/v1/silences", "campanile-development-api", &json!({
        "matchers": [{ "name": HOSTILE, "value": HOSTILE }], "created_by": HOSTILE, "comment": HOSTILE, "duration_secs": 60,
    })).await;
    let act = json!({ "by": HOSTILE, "note": HOSTILE });
    operator.post(&format!("/v1/alerts/{alert}/acknowledge"), "campanile-development-api", &act).await;
    let request =
        reqwest::Client::new().post(format!("{}/netdata?{}", operator.url, "q=%1b[2J")).body(HOSTILE);
    let request = request.header("user-agent", "\u{9b}31m").bearer_auth("campanile-development-netdata");
    let refused: Value = request.send().await.unwrap().json().await.unwrap();
    let refused = refused["quarantine_id"].as_str().unwrap();

    // What is printed is looked through wherever it is printed.
    for line in [
        "alerts",
        "events --raw",
        "silence",
        "quarantine",
        &format!("quarantine show {refused}"),
        &format!("alert {alert} --raw"),
    ] {
        let table = operator.answer(line).await;
        let json = operator.answer(&format!("{line} --json")).await;
        assert!(table.contains('\u{fffd}') || line.starts_with("quarantine"), "{line}: {table}");
        let is_kept =
            json.contains("\\u001b[2J") && json.contains("\\u009b31m") && json.contains("\\u202eevil");
        assert!(is_kept || line == "quarantine", "{line}: {json}");
        serde_json::from_str::<Value>(&json).unwrap();
    }
    let listed = operator.answer("alerts").await;
    assert_eq!(listed.lines().count(), 2, "a line break in a text begins no line:\n{listed}");
    let taken = operator.answer(&format!("ack {alert}")).await;
    assert_eq!(taken.lines().count(), 1, "{taken}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_somebody_else_cannot_steer_it_either() {
    let router = axum::Router::new().fallback(|| async {
        let error = json!({ "error": { "code": "bad_request", "message": HOSTILE } });
        (http::StatusCode::BAD_REQUEST, axum::Json(error))
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let operator = Operator::at(format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move { axum::serve(listener, router).await });
    for line in ["alerts", "send netdata nested-raised-critical"] {
        let output = operator.output(line).await;
        assert_eq!(output.status.code(), Some(1));
    }
}
