//! No secret survives, and bytes without one stay as they were sent.

use normalize::InboundRequest;
use normalize::site24x7::{MonitorNames, alert_logs, current_status, redact};
use proptest::prelude::*;
use serde_json::json;

use super::super::post_json;
use super::{ACCOUNT, API_ROOT, SCHEDULED_AT, at, everything, fixture, inbound};

fn redacted(body: &str) -> String {
    String::from_utf8(redact(post_json(body)).body).unwrap()
}

fn redacted_query(query: &str) -> String {
    redact(InboundRequest { query: query.to_owned(), ..post_json("") }).query
}

#[test]
fn bytes_without_a_secret_stay_as_they_were_sent() {
    for name in [
        "down.json",
        "down.form",
        "down.query",
        "down-as-plain-text.txt",
        "not-json.json",
        "lists-as-arrays.json",
    ] {
        let sent = inbound(&fixture(name));
        assert_eq!(redact(sent.clone()), sent, "{name}");
    }
}

#[test]
fn userinfo_in_a_url_is_marked_wherever_it_stands() {
    assert_eq!(
        redacted(r#"{"MONITORURL":"https://u:p@shop.example.com:8443/x?mail=a@b"}"#),
        r#"{"MONITORURL":"https://[redacted]@shop.example.com:8443/x?mail=a@b"}"#
    );
    assert_eq!(
        redacted(r#"{"A":["see ftp://u@h and http://u:p@ss@h"]}"#),
        r#"{"A":["see ftp://[redacted]@h and http://[redacted]@h"]}"#
    );
    assert_eq!(redacted(r#"{"A":"https:\/\/u:p@h\/"}"#), r#"{"A":"https://[redacted]@h/"}"#);
    assert_eq!(redacted("A=https%3A%2F%2Fu%3Ap%40h&B=1"), "A=https%3A%2F%2F%5Bredacted%5D%40h&B=1");
    assert_eq!(redacted_query("A=https://u:p@h&B=a@b"), "A=https%3A%2F%2F%5Bredacted%5D%40h&B=a@b");
    assert_eq!(redacted("it broke at https://u:p@h"), "it broke at https://[redacted]@h");
}

#[test]
fn a_parameter_named_like_a_secret_loses_its_value() {
    assert_eq!(
        redacted(
            r#"{"X-Api-Key":"a","apiToken":7,"client_secret":["b"],"PASSWORD":{"c":1},"authorization":true}"#
        ),
        r#"{"PASSWORD":"[redacted]","X-Api-Key":"[redacted]","apiToken":"[redacted]","authorization":"[redacted]","client_secret":"[redacted]"}"#
    );
    assert_eq!(redacted("STATUS=UP&my+token=a%26b&key="), "STATUS=UP&my+token=%5Bredacted%5D&key=");
}

#[test]
fn a_secret_inside_json_that_is_sent_as_text_is_found() {
    assert_eq!(
        redacted(r#"{"A":"{\"token\":\"hunter2\",\"b\":[\"https:\\/\\/u:p@h\"]}"}"#),
        r#"{"A":"{\"b\":[\"https://[redacted]@h\"],\"token\":\"[redacted]\"}"}"#
    );
    assert_eq!(redacted(r#"{"A":"{\"token\":\"hunter2\","}"#), r#"{"A":"{\"token\":\"[redacted]\","}"#);
    assert_eq!(redacted("A=%7B%22token%22%3A1%7D"), "A=%7B%22token%22%3A%22%5Bredacted%5D%22%7D");
}

#[test]
fn a_secret_in_a_body_that_does_not_parse_is_found() {
    assert_eq!(redacted(r#"{"token": "a\"b,c", "x": 1,"#), r#"{"token": "[redacted]", "x": 1,"#);
    assert_eq!(redacted(r#"{"api_key_2":7,"x":"#), r#"{"api_key_2":"[redacted]","x":"#);
    assert_eq!(redacted(r#"{"secret":{"a":"b"},"x":"#), r#"{"secret":"[redacted]""#);
    assert_eq!(redacted(r#"{"password":"hunter2"#), r#"{"password":"[redacted]""#);
    assert_eq!(redacted("password: hunter2"), r#"password: "[redacted]""#);
}

#[test]
fn prose_that_speaks_of_keys_is_left_alone() {
    let body = r#"{"INCIDENT_REASON":"Keyword check failed: token: none","STATUS":"DOWN"}"#;
    assert_eq!(redacted(body), body);
}

#[test]
fn polled_rows_lose_userinfo_and_keep_their_keys() {
    let row =
        json!({ "monitor_id": "1", "name": "https://u:p@h", "status": 0, "attribute_key": "RESPONSETIME" });
    let body = json!({ "monitor_groups": [{ "group_name": "https://u:p@g", "monitors": [row] }] });
    let rows = current_status(&body, ACCOUNT, API_ROOT, at(SCHEDULED_AT));
    let shown = format!("{rows:?}");
    assert!(!shown.contains("u:p"), "{shown}");
    assert_eq!(rows[0].raw["attribute_key"], "RESPONSETIME");
}

#[test]
fn a_monitor_whose_name_has_userinfo_is_still_found() {
    let names: MonitorNames = [("1".to_owned(), "https://u:p@h".to_owned())].into_iter().collect();
    let rows = [json!({ "msg": "https://u:p@h is Down", "sent_time": "2026-03-01T10:15:29+0530" })];
    let read = alert_logs(&rows, &names, ACCOUNT, API_ROOT, everything());
    assert_eq!(read.events[0].monitor_id.as_deref(), Some("1"));
    assert!(!format!("{read:?}{names:?}").contains("u:p"));
}

#[test]
fn a_quarter_megabyte_of_names_of_secrets_is_read_in_no_time() {
    for word in ["key", "token:", "{\"key\":", "https://", "[\"", "secret ", "a@://"] {
        let body = word.repeat(256 * 1024 / word.len());
        let once = redact(post_json(body));
        assert_eq!(redact(once.clone()), once, "{word}");
    }
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<i64>().prop_map(|number| json!(number)),
        "[ -~äß]{0,12}".prop_map(|text| json!(text)),
        Just(json!("https://u:p@h/")),
        Just(json!("{\"token\":\"hunter2\"}")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::btree_map("[a-z]{0,3}(key|token|x)", inner, 0..4)
                .prop_map(|members| json!(members)),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_redacted_once_stays_so(value in json_value()) {
        let once = redact(post_json(json!({ "a": value }).to_string()));
        prop_assert_eq!(redact(once.clone()), once);
    }

    #[test]
    fn any_text_can_be_redacted_and_redacting_it_again_changes_nothing(text in ".*") {
        let once = redact(InboundRequest { query: text.clone(), ..post_json(text) });
        prop_assert_eq!(redact(once.clone()), once);
    }

    #[test]
    fn no_password_survives_in_whatever_it_is_wrapped(
        depth in 0_usize..4,
        cut in 0_usize..12,
        before in "[a-z {\\[\"]{0,6}",
    ) {
        let mut text = format!("{before} https://ops:hunter2@host/x");
        for _ in 0..depth {
            text = json!({ "a": [text], "my_password": "hunter2" }).to_string();
        }
        text.truncate(text.len().saturating_sub(cut));
        let shown = redacted(&text);
        // A URL that was cut before its `@` names no userinfo.
        if text.contains("hunter2@") {
            prop_assert!(!shown.contains("hunter2"), "{}", shown);
        }
    }
}
