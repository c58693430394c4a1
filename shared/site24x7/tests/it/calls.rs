//! How the API is called, and what becomes of each kind of answer.

use std::time::Duration;

use axum::http::Method;
use jiff::civil::date;
use serde_json::json;
use site24x7::testing::{Fault, SECRET, StandIn, calls, transport};
use site24x7::{Call, CallError, Deadlines, MemoryTokenStore, Scope, Transport};

const PAGE: &str = "<html>sign in</html>";
const EXPIRED: &str = r#"{"error_code":1124,"message":"OAuth Access Token is invalid or has expired."}"#;

#[tokio::test]
async fn every_call_carries_the_documented_headers() {
    let stand_in = StandIn::start().await;
    let secret = SECRET.replacen('{', r#"{"zaaid":"658123456","#, 1);
    let client = stand_in.client_of(&secret, MemoryTokenStore::default(), transport());
    calls(&client).monitors().await.unwrap();
    calls(&stand_in.client()).monitors().await.unwrap();
    let world = stand_in.world();
    let header =
        |index: usize, name: &str| world.seen[index].headers.get(name).map(|value| value.to_str().unwrap());
    assert_eq!(header(0, "authorization"), Some("Zoho-oauthtoken 1000.access.0001"));
    assert_eq!(header(0, "accept"), Some("application/json; version=2.0"));
    assert_eq!(header(0, "content-type"), None);
    assert_eq!(header(0, "cookie"), Some("zaaid=658123456"));
    assert_eq!(header(1, "cookie"), None);
}

#[tokio::test]
async fn each_read_has_its_path_and_its_query_and_leaves_rows_as_they_came() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    let calls = calls(&client);
    let logs = calls.alert_logs(date(2026, 3, 1)).await.unwrap();
    assert_eq!(logs, [json!({"msg": "Shop front is Down", "alert_type": 1})]);
    let status = calls.current_status().await.unwrap();
    assert_eq!(status, json!({"monitors": [{"monitor_id": "1", "status": 1}]}));
    let monitors = calls.monitors().await.unwrap();
    assert_eq!(monitors[0].monitor_id, "123456000000025013");
    assert_eq!(calls.msp_customers().await.unwrap()[0].zaaid, "658123456");
    assert_eq!(calls.business_units().await.unwrap()[0].name, "Zylker");
    let seen: Vec<_> =
        stand_in.world().seen.iter().map(|seen| format!("{}?{}", seen.path, seen.query)).collect();
    assert_eq!(
        seen,
        [
            "/alert_logs?date=2026-03-01",
            "/current_status?apm_required=true&group_required=false&suspended_required=true&locations_required=false",
            "/monitors?",
            "/short/msp/customers?",
            "/short/bu/business_units?",
        ]
    );
}

#[tokio::test]
async fn no_data_are_no_rows() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    for body in
        [r#"{"code":0}"#, r#"{"code":"0","data":null}"#, r#"{"code":0,"data":{}}"#, r#"{"code":0,"data":[]}"#]
    {
        stand_in.world().fail("/alert_logs", [Fault::status(200, body)]);
        assert_eq!(calls(&client).alert_logs(date(2026, 3, 1)).await.unwrap().len(), 0, "{body}");
    }
    stand_in.world().fail("/current_status", [Fault::status(200, r#"{"code":0,"data":{}}"#)]);
    assert_eq!(calls(&client).current_status().await.unwrap(), json!({}));
}

#[tokio::test]
async fn what_others_normalize_keeps_every_digit_of_its_ids() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    let data = r#"{"monitor_groups":[{"group_name":"Shop","monitors":[{"monitor_id":123456000000025013,"status":0}]}]}"#;
    stand_in.world().fail("/current_status", [Fault::status(200, &format!(r#"{{"code":0,"data":{data}}}"#))]);
    assert_eq!(calls(&client).current_status().await.unwrap().to_string(), data);
}

#[tokio::test]
async fn ids_that_come_as_numbers_keep_every_digit() {
    let stand_in = StandIn::start().await;
    stand_in.world().monitors = json!([
        {"monitor_id": 123_456_000_000_025_013_u64, "display_name": "Shop front", "type": "URL"},
        {"monitor_id": "2"}, {"display_name": "no id"}, {"monitor_id": 3, "display_name": 247},
    ]);
    let monitors = calls(&stand_in.client()).monitors().await.unwrap();
    let listed: Vec<_> =
        monitors.iter().map(|row| (row.monitor_id.as_str(), row.display_name.as_str())).collect();
    assert_eq!(listed, [("123456000000025013", "Shop front"), ("3", "247")]);
}

#[tokio::test]
async fn a_token_refused_once_is_renewed_and_the_call_made_again() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    calls(&client).monitors().await.unwrap();
    stand_in.world().kill_tokens();
    assert_eq!(calls(&client).monitors().await.unwrap().len(), 1);
    assert_eq!(stand_in.tokens_and_calls(), (2, 3));
}

#[tokio::test]
async fn a_token_refused_again_is_not_renewed_again() {
    let stand_in = StandIn::start().await;
    stand_in.world().fail("/monitors", [Fault::status(401, EXPIRED), Fault::status(401, PAGE)]);
    let error = calls(&stand_in.client()).monitors().await.unwrap_err();
    assert!(matches!(error, CallError::Unauthorized { call: Call::Monitors, .. }), "{error:?}");
    assert_eq!(stand_in.tokens_and_calls(), (2, 2));
}

#[tokio::test]
async fn a_missing_scope_renews_and_repeats_nothing_at_any_status() {
    for status in [200, 400, 401, 403, 429, 500] {
        let stand_in = StandIn::start().await;
        let body = r#"{"error_code":"1121","message":"OAuth Scope associated to the OAuth Access Token is disallowed."}"#;
        stand_in.world().fail("/current_status", [Fault::status(status, body)]);
        let error = calls(&stand_in.client()).current_status().await.unwrap_err();
        assert!(error.is_scope_missing(), "{status} {error:?}");
        assert_eq!(error.call().scope(), Some(Scope::ReportsRead));
        assert_eq!(stand_in.tokens_and_calls(), (1, 1), "{status}");
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_twice_more_with_the_waits_that_the_server_asks_for() {
    let stand_in = StandIn::start().await;
    let asked = Fault::Answer(429, vec![("retry-after", "7".to_owned())], PAGE.to_owned());
    stand_in.world().fail("/monitors", [asked, Fault::status(503, PAGE)]);
    calls(&stand_in.client()).monitors().await.unwrap();
    assert_eq!(stand_in.clock.slept_secs(), [7, 8]);
    assert_eq!(stand_in.world().seen.len(), 3);
}

#[tokio::test]
async fn what_does_not_pass_is_attempted_three_times() {
    let stand_in = StandIn::start().await;
    let faults = [500, 502, 504].map(|status| Fault::status(status, r#"{"message":"later"}"#));
    stand_in.world().fail("/monitors", faults);
    let error = calls(&stand_in.client()).monitors().await.unwrap_err();
    assert!(matches!(error, CallError::Unavailable { status: 504, .. }), "{error:?}");
    assert_eq!(stand_in.clock.slept_secs(), [2, 8]);
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_for_minutes_is() {
    let stand_in = StandIn::start().await;
    let locked = Fault::Answer(429, vec![("retry-after", "300".to_owned())], PAGE.to_owned());
    stand_in.world().fail("/monitors", [locked]);
    let error = calls(&stand_in.client()).monitors().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_mins(5)));
    assert_eq!(stand_in.world().seen.len(), 1);
}

#[tokio::test]
async fn nothing_is_repeated_beyond_the_deadline_of_the_run() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    calls(&client).ready().await.unwrap();
    stand_in.world().fail("/monitors", [Fault::status(503, PAGE)]);
    let error = client.until(stand_in.clock.in_secs(1)).monitors().await.unwrap_err();
    assert!(matches!(error, CallError::Unavailable { status: 503, .. }), "{error:?}");
    let over = client.until(stand_in.clock.in_secs(-1)).monitors().await.unwrap_err();
    assert!(matches!(over, CallError::OutOfTime { .. }), "{over:?}");
    assert_eq!(stand_in.world().seen.len(), 1);
}

#[tokio::test]
async fn other_refusals_show_their_code_and_message_and_are_not_repeated() {
    for status in [400, 404, 501] {
        let stand_in = StandIn::start().await;
        let body = r#"{"error_code":"1004","message":"no such monitor","error_info":{"id":"7"}}"#;
        stand_in.world().fail("/monitors", [Fault::status(status, body)]);
        let error = calls(&stand_in.client()).monitors().await.unwrap_err();
        let expected =
            format!("GET /monitors is refused with HTTP {status} (error_code 1004, `no such monitor`)");
        assert_eq!(error.to_string(), expected);
        assert_eq!(stand_in.world().seen.len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_reported_without_its_path() {
    let stand_in = StandIn::start().await;
    let target = "https://www.site24x7.eu/api/monitors?ticket=1000.secret".to_owned();
    for status in [301, 302, 307, 308] {
        let redirect = Fault::Answer(status, vec![("location", target.clone())], PAGE.to_owned());
        stand_in.world().fail("/monitors", [redirect]);
        let error = calls(&stand_in.client()).monitors().await.unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, CallError::Redirected { .. }), "{error:?}");
        assert!(text.contains("`https://www.site24x7.eu`") && !text.contains("ticket"), "{text}");
    }
    assert_eq!(stand_in.world().count(&Method::GET, "/monitors"), 4);
}

#[tokio::test]
async fn a_page_instead_of_data_is_an_error_and_never_no_rows() {
    let bodies =
        [PAGE, "", "[]", "{}", "null", r#"{"code":0,"data":"rows"}"#, r#"{"code":0,"data":[1"#, "\u{feff}{}"];
    for body in bodies {
        let stand_in = StandIn::start().await;
        stand_in.world().fail("/alert_logs", [Fault::status(200, body)]);
        let error = calls(&stand_in.client()).alert_logs(date(2026, 3, 1)).await.unwrap_err();
        assert!(matches!(error, CallError::NotUnderstood { status: 200, .. }), "{body} {error:?}");
        assert_eq!(stand_in.world().seen.len(), 1, "{body}");
    }
}

#[tokio::test]
async fn a_slow_answer_is_not_waited_for_and_asked_for_again() {
    let stand_in = StandIn::start().await;
    stand_in.world().fail("/monitors", [Fault::Slow(Duration::from_mins(1))]);
    let deadlines = Deadlines { call: Duration::from_millis(300), ..Deadlines::default() };
    let transport = Transport::new(deadlines).unwrap();
    let client = stand_in.client_of(SECRET, MemoryTokenStore::default(), transport);
    calls(&client).monitors().await.unwrap();
    assert_eq!(stand_in.clock.slept_secs(), [2]);
}

#[tokio::test]
async fn answers_that_never_come_end_as_an_error_with_its_cause() {
    let stand_in = StandIn::start().await;
    let slow = || Fault::Slow(Duration::from_mins(1));
    stand_in.world().fail("/monitors", [slow(), slow(), slow()]);
    let deadlines = Deadlines { call: Duration::from_millis(100), ..Deadlines::default() };
    let transport = Transport::new(deadlines).unwrap();
    let client = stand_in.client_of(SECRET, MemoryTokenStore::default(), transport);
    let error = calls(&client).monitors().await.unwrap_err();
    let CallError::NoAnswer { source, .. } = error else { panic!("{error:?}") };
    assert_eq!(source, net::Unanswered::Timeout);
}
