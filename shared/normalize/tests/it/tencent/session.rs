//! The echo of the session id.

use super::*;

#[test]
fn the_session_id_is_echoed_as_it_came() {
    for (body, echo) in [
        (r#"{"sessionId":"AAAA"}"#, r#""AAAA""#),
        (r#"{"sessionId": 12345678901234567890123 }"#, "12345678901234567890123"),
        (r#"{"sessionId":1.50}"#, "1.50"),
        (r#"{"sessionId":"\u00e9"}"#, r#""\u00e9""#),
        (r#"{"sessionId":{"a": [1]}}"#, r#"{"a": [1]}"#),
        (r#"{"sessionId":null}"#, "null"),
        (r#"{"sessionID":"other case"}"#, r#""other case""#),
        (r#"{"sessionID":"other case","sessionId":"exact"}"#, r#""exact""#),
        ("\u{feff}\n{\"sessionId\":\"marked\"}\r\n", r#""marked""#),
    ] {
        assert_eq!(tencent::session_id(body.as_bytes()).get(), echo, "{body}");
    }
}

#[test]
fn without_a_session_id_the_echo_is_an_empty_text() {
    for body in
        ["", "{}", "[]", "null", r#"{"sessionId":"#, r#"{"session":"x"}"#, r#"{"sessionId":"x"} trailing"#]
    {
        assert_eq!(tencent::session_id(body.as_bytes()).get(), r#""""#, "{body}");
    }
}

#[test]
fn a_damaged_body_is_answered_with_its_session_id_too() {
    let body = b"{\"sessionId\":\"AAAA\",\"content\":\"caf\xe9 \n\"}";
    assert_eq!(tencent::session_id(body).get(), r#""AAAA""#);
}
