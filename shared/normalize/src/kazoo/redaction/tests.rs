//! What is hidden in each encoding, and what is left alone.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn delivered(content_type: &str, body: &str) -> InboundRequest {
    InboundRequest {
        method: "POST".into(),
        query: String::new(),
        content_type: Some(content_type.into()),
        headers: [].into(),
        body: body.into(),
        received_at: "2026-11-01T12:00:00Z".parse().unwrap(),
    }
}

fn redacted_body(content_type: &str, body: &str) -> String {
    let request = redact(delivered(content_type, body));
    assert_eq!(redact(request.clone()), request, "a second time changes `{body}` once more");
    String::from_utf8(request.body).unwrap()
}

fn check_json(body: &str, expected: &str) {
    assert_eq!(redacted_body("application/json", body), expected);
}

fn check_form(body: &str, expected: &str) {
    assert_eq!(redacted_body("application/x-www-form-urlencoded", body), expected);
}

#[test]
fn a_request_without_secrets_keeps_its_bytes() {
    check_json(
        " {\"b\": 1.50, \"a\" : \"the password: none\"}\n",
        " {\"b\": 1.50, \"a\" : \"the password: none\"}\n",
    );
    check_form("a=1&&b%5B%5D=%7E+x&my_password_hint=y&", "a=1&&b%5B%5D=%7E+x&my_password_hint=y&");
}

#[test]
fn json_loses_each_secret_whole_and_nothing_else() {
    check_json(
        r#"{"b": 1.0, "Card-Last-Four": 1111, "x": [{"auth_token" : "a\"}b"}], "billing_address": {"a": ["}"]}, "api_key": null }"#,
        r#"{"b": 1.0, "Card-Last-Four": "[redacted]", "x": [{"auth_token" : "[redacted]"}], "billing_address": "[redacted]", "api_key": "[redacted]" }"#,
    );
    check_json(
        r#"{"Remote-SDP":"v=0","local_sdp":"v=0","sdp":1}"#,
        r#"{"Remote-SDP":"[redacted]","local_sdp":"[redacted]","sdp":1}"#,
    );
}

#[test]
fn neither_an_escaped_nor_a_repeated_key_hides_a_secret() {
    check_json(
        r#"{"pass\u0077ord":"x","x":{"token":"y"},"x":1}"#,
        r#"{"pass\u0077ord":"[redacted]","x":{"token":"[redacted]"},"x":1}"#,
    );
}

#[test]
fn json_is_known_by_its_looks_whatever_its_content_type() {
    check_form(r#"{"password":"a&b=c"}"#, r#"{"password":"[redacted]"}"#);
}

#[test]
fn json_nested_too_deep_to_be_read_is_redacted_all_the_same() {
    let around = |inside: &str| format!("{}{inside}{}", r#"{"a":"#.repeat(50_000), "}".repeat(50_000));
    check_json(&around(r#"{"password":"x"}"#), &around(r#"{"password":"[redacted]"}"#));
}

#[test]
fn a_form_loses_each_secret_whole_and_nothing_else() {
    check_form(
        "a=1&password=x+y&&billing_address[street]=s&billing_address[zip][]=1&billing_address[zip][]=2&b=2",
        "a=1&password=%5Bredacted%5D&&billing_address=%5Bredacted%5D&&&b=2",
    );
    check_form(
        "x[Auth-Token]=1&x[y]=2&x%5Btoken%5D=3&p%61ssword=4",
        "x[Auth-Token]=%5Bredacted%5D&x[y]=2&x[token]=%5Bredacted%5D&password=%5Bredacted%5D",
    );
}

#[test]
fn json_text_in_a_form_is_searched() {
    check_form(
        "items[]=%7B%22id%22%3A1%2C%22token%22%3A%22x%22%7D&add_ons=%5B%7B%22password%22%3A1%7D%5D&ok=%7B%7D",
        "items[]=%7B%22id%22%3A1%2C%22token%22%3A%22%5Bredacted%5D%22%7D&add_ons=%5B%7B%22password%22%3A%22%5Bredacted%5D%22%7D%5D&ok=%7B%7D",
    );
}

#[test]
fn only_mail_with_credentials_loses_its_text() {
    check_json(
        r#"{"event_name":"new_user","html":"x","text":"y"}"#,
        r#"{"event_name":"new_user","html":"[redacted]","text":"[redacted]"}"#,
    );
    check_form("event_name=Password_Recovery&text=y", "event_name=Password_Recovery&text=%5Bredacted%5D");
    check_json(
        r#"{"action":"event","name":"new_account","data":{"html":"x"}}"#,
        r#"{"action":"event","name":"new_account","data":{"html":"[redacted]"}}"#,
    );
    check_json(
        r#"{"event_name":"fax_error","text":"new_user"}"#,
        r#"{"event_name":"fax_error","text":"new_user"}"#,
    );
}

#[test]
fn text_that_is_neither_is_searched_for_the_same_names() {
    check_json(r#"{"a":1,"password":"x\"y","#, r#"{"a":1,"password":"[redacted]","#);
    check_json(r#"{"password":"cut of"#, r#"{"password":"[redacted]"#);
    check_json(r#"{"billing_address":{"a":"}"},"b":2"#, r#"{"billing_address":[redacted],"b":2"#);
    check_json(r#"{"x":"{\"token\":\"y\"}","#, r#"{"x":"{\"token\":\"[redacted]\"}","#);
    check_json(
        "{'api_key' => 'y', token: z w, c: 1}",
        "{'api_key' => '[redacted]', token: [redacted], c: 1}",
    );
    check_form("Password: hunter2\nnext=1", "Password: [redacted]\nnext=1");
    check_json(
        "{\"event_name\":\"new_user\",\"html\":\"x\"",
        "{\"event_name\":\"new_user\",\"html\":\"[redacted]\"",
    );
}

#[test]
fn the_query_of_a_get_is_redacted_behind_either_separator() {
    let request = InboundRequest {
        method: "GET".into(),
        query: "hook=notifications?token=x&event_name=new_user&text=a%3Fb".into(),
        ..delivered("", "")
    };
    assert_eq!(
        redact(request).query,
        "hook=notifications?token=%5Bredacted%5D&event_name=new_user&text=%5Bredacted%5D"
    );
}

const SECRET: &str = "Zq7SecretZq7";

fn secret_key() -> impl Strategy<Value = String> {
    let known = ALWAYS.map(str::to_owned).to_vec();
    let spelled =
        prop_oneof![prop::sample::select(known), Just("Remote_SDP".to_owned()), Just("text".to_owned())];
    (spelled, any::<bool>()).prop_map(
        |(key, shouted)| {
            if shouted { key.to_uppercase().replace('_', "-") } else { key }
        },
    )
}

/// A value whose every scalar is the secret.
fn secret_value() -> impl Strategy<Value = Value> {
    Just(json!(SECRET)).prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 1..3)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

/// A tree with secrets at any depth.
fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<i64>().prop_map(Value::from), "[a-z\"\\\\{}&=é]{0,6}".prop_map(Value::from)];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let plain = prop::collection::btree_map("[a-z]{1,4}", inner.clone(), 0..4);
        let secret = prop::collection::btree_map(secret_key(), secret_value(), 0..3);
        prop_oneof![
            (plain, secret)
                .prop_map(|(plain, secret)| Value::Object(plain.into_iter().chain(secret).collect())),
            prop::collection::vec(inner, 0..3).prop_map(Value::from),
        ]
    })
}

fn form_of(prefix: &str, value: &Value) -> String {
    let step = |key: &str| {
        if prefix.is_empty() { key.to_owned() } else { format!("{prefix}[{key}]") }
    };
    let parts: Vec<_> = match value {
        Value::Object(members) => members.iter().map(|(key, value)| form_of(&step(key), value)).collect(),
        Value::Array(elements) => {
            elements.iter().map(|element| form_of(&format!("{prefix}[]"), element)).collect()
        }
        Value::String(text) => {
            vec![format!("{prefix}={}", form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>())]
        }
        scalar => vec![format!("{prefix}={scalar}")],
    };
    parts.join("&")
}

fn no_secret_is_left(content_type: &str, body: &str) -> Result<(), TestCaseError> {
    let redacted = redacted_body(content_type, body);
    // Half a secret, where the text is cut off, is too much as well.
    prop_assert!(!redacted.contains(&SECRET[..3]), "{}", redacted);
    Ok(())
}

proptest! {
    #[test]
    fn no_secret_survives_in_json_cut_off_json_or_a_form(tree in tree(), cut in any::<prop::sample::Index>()) {
        let whole = json!({ "event_name": "new_user", "tree": tree });
        let json = whole.to_string();
        no_secret_is_left("application/json", &json)?;
        no_secret_is_left("application/json", &format!("{whole:#}"))?;
        let mut end = cut.index(json.len());
        while !json.is_char_boundary(end) {
            end -= 1;
        }
        no_secret_is_left("application/json", &json[..end])?;
        no_secret_is_left("application/x-www-form-urlencoded", &form_of("", &whole))?;
    }

    #[test]
    fn what_is_no_secret_survives(members in prop::collection::btree_map("[b-z]{1,5}x", "[a-z ]{0,8}", 1..5)) {
        let body = json!(members).to_string();
        prop_assert_eq!(redacted_body("application/json", &body), body);
    }

    #[test]
    fn any_text_is_redacted_once_and_for_all(body in "[{}\\[\\]\"':=&?,\\\\ a%5]{0,12}(password|token|html)[{}\\[\\]\"':=&?,\\\\ a%5]{0,20}") {
        let once = redact(InboundRequest { query: body.clone(), ..delivered("", &body) });
        prop_assert_eq!(redact(once.clone()), once);
    }

    #[test]
    fn any_bytes_are_redacted_without_a_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = redact(InboundRequest { body, ..delivered("", "") });
    }
}
