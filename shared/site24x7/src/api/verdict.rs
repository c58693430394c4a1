//! What an answer of the API means, decided in the order in which its failures mask one another.

use std::time::Duration;

use http::header::LOCATION;
use jiff::{SignedDuration, Timestamp};
use net::{HttpAnswer, Unanswered, retry_after};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::lenient::{self, Integer, Text};

/// `OAuth Scope associated to the OAuth Access Token is disallowed.`
const SCOPE_MISSING: i64 = 1121;

/// What a success carries: its `data`, unless that is empty.
pub(crate) type Data = Option<Box<RawValue>>;

/// Why one attempt failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A scope is missing: neither renewing nor repeating helps.
    ScopeMissing,
    /// The token is invalid or has expired.
    TokenRefused { message: String },
    /// Too many calls, or a server in trouble: worth another try.
    Unavailable { status: u16, retry_after: Option<Duration>, message: String },
    /// No answer at all: worth another try.
    NoAnswer(Unanswered),
    /// The run's deadline has passed.
    OutOfTime,
    /// A redirect, which is not followed.
    Redirected { status: u16, location: String },
    /// Any other refusal.
    Refused { status: u16, error_code: Option<i64>, message: String },
    /// Success without an answer that we understand, such as a sign-in page.
    NotUnderstood { status: u16 },
}

/// The frame around every answer: `code` and `data` of a success, `error_code` of a failure.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    code: Integer,
    error_code: Integer,
    message: Text,
    data: Option<Box<RawValue>>,
}

pub(crate) fn decide(answer: &HttpAnswer, now: Timestamp) -> Result<Data, Failure> {
    let status = answer.status;
    let envelope: Option<Envelope> = lenient::object(&answer.body);
    let is_success = envelope.as_ref().is_some_and(Envelope::is_success);
    let envelope = envelope.unwrap_or_default();
    let error_code = envelope.error_code();
    let message = envelope.message.into_inner().unwrap_or_default();
    Err(match status {
        _ if error_code == Some(SCOPE_MISSING) => Failure::ScopeMissing,
        401 => Failure::TokenRefused { message },
        _ if is_passing(status) => {
            let retry_after = retry_after(&answer.headers, now).map(SignedDuration::unsigned_abs);
            Failure::Unavailable { status, retry_after, message }
        }
        300..=399 => {
            let location = answer.header(LOCATION.as_str()).unwrap_or_default().to_owned();
            Failure::Redirected { status, location }
        }
        _ if !answer.is_success() || error_code.is_some() => Failure::Refused { status, error_code, message },
        204 => return Ok(None),
        _ if is_success => return Ok(envelope.data.filter(|data| !is_empty(data))),
        _ => Failure::NotUnderstood { status },
    })
}

impl Envelope {
    /// Whether it says that all went well: any object that happens to be JSON does not.
    fn is_success(&self) -> bool {
        self.code.get() == Some(0) || self.data.is_some()
    }

    /// The code of a failure, under either of the two names.
    fn error_code(&self) -> Option<i64> {
        self.error_code.get().or(self.code.get().filter(|code| *code != 0))
    }
}

/// Too many requests, or a server in trouble; but not one that has no such call (501).
const fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 500 | 502..=599)
}

/// `null` and `{}`, however they are spaced, are no data; `[]` is a list of nothing.
fn is_empty(data: &RawValue) -> bool {
    let mut characters = data.get().chars().filter(|character| !character.is_whitespace());
    let start: String = characters.by_ref().take(5).collect();
    start == "null" || start == "{}"
}

#[cfg(test)]
mod tests {
    use http::header::RETRY_AFTER;
    use http::{HeaderMap, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_comes_in_has_a_verdict_and_only_an_object_is_a_success(
            status in 100_u16..600,
            body in prop_oneof![
                any::<Vec<u8>>(),
                r#"\{"(code|error_code|data|message)":(0|"0"|1121|"x"|null|\{\}|\[\]|-9e99)(,"data":[\[{]?\[?1?\]?\}?)?\}"#
                    .prop_map(String::into_bytes),
            ],
        ) {
            let answer = HttpAnswer::new(status, HeaderMap::new(), body.clone());
            if decide(&answer, Timestamp::UNIX_EPOCH).is_ok() && status != 204 {
                prop_assert!(answer.is_success());
                prop_assert!(serde_json::from_slice::<serde_json::Value>(&body).unwrap().is_object());
            }
        }
    }

    fn verdict(status: u16, body: &str) -> String {
        let headers = [
            (RETRY_AFTER, HeaderValue::from_static("7")),
            (LOCATION, HeaderValue::from_static("https://elsewhere.example/x")),
        ];
        let answer = HttpAnswer::new(status, headers.into_iter().collect(), body);
        format!("{:?}", decide(&answer, Timestamp::UNIX_EPOCH))
    }

    #[test]
    fn every_kind_of_answer_has_its_verdict() {
        let scope = r#"{"error_code":1121,"message":"OAuth Scope associated to the OAuth Access Token is disallowed."}"#;
        let invalid = r#"{"error_code":1124,"message":"OAuth Access Token is invalid or has expired."}"#;
        let page = "<html>maintenance</html>";
        let table = [
            (200, r#"{"code":0,"message":"success","data":[1]}"#),
            (201, r#"{"code":0,"message":"success","data":{"service_id":"1"}}"#),
            (200, r#"{"code":"0","message":"success"}"#),
            (200, r#"{"code":0,"data":null}"#),
            (200, r#"{"code":0,"data":{ }}"#),
            (200, r#"{"code":0,"data":[]}"#),
            (200, r#"{"data":[1]}"#),
            (200, scope),
            (401, scope),
            (403, scope),
            (503, scope),
            (400, r#"{"error_code":"1121","message":"disallowed"}"#),
            (401, invalid),
            (401, page),
            (429, page),
            (500, page),
            (503, r#"{"error_code":5,"message":"later"}"#),
            (501, page),
            (302, page),
            (400, r#"{"error_code":"1004","message":"no such monitor","error_info":{"id":"1"}}"#),
            (404, page),
            (200, r#"{"error_code":1004,"message":"no such monitor"}"#),
            (200, r#"{"code":1004,"message":"no such monitor"}"#),
            (200, page),
            (200, ""),
            (200, "{}"),
            (200, "[0]"),
            (204, ""),
        ];
        let lines: Vec<_> = table
            .iter()
            .map(|(status, body)| format!("{status} {body}\n  {}", verdict(*status, body)))
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        200 {"code":0,"message":"success","data":[1]}
          Ok(Some(RawValue([1])))
        201 {"code":0,"message":"success","data":{"service_id":"1"}}
          Ok(Some(RawValue({"service_id":"1"})))
        200 {"code":"0","message":"success"}
          Ok(None)
        200 {"code":0,"data":null}
          Ok(None)
        200 {"code":0,"data":{ }}
          Ok(None)
        200 {"code":0,"data":[]}
          Ok(Some(RawValue([])))
        200 {"data":[1]}
          Ok(Some(RawValue([1])))
        200 {"error_code":1121,"message":"OAuth Scope associated to the OAuth Access Token is disallowed."}
          Err(ScopeMissing)
        401 {"error_code":1121,"message":"OAuth Scope associated to the OAuth Access Token is disallowed."}
          Err(ScopeMissing)
        403 {"error_code":1121,"message":"OAuth Scope associated to the OAuth Access Token is disallowed."}
          Err(ScopeMissing)
        503 {"error_code":1121,"message":"OAuth Scope associated to the OAuth Access Token is disallowed."}
          Err(ScopeMissing)
        400 {"error_code":"1121","message":"disallowed"}
          Err(ScopeMissing)
        401 {"error_code":1124,"message":"OAuth Access Token is invalid or has expired."}
          Err(TokenRefused { message: "OAuth Access Token is invalid or has expired." })
        401 <html>maintenance</html>
          Err(TokenRefused { message: "" })
        429 <html>maintenance</html>
          Err(Unavailable { status: 429, retry_after: Some(7s), message: "" })
        500 <html>maintenance</html>
          Err(Unavailable { status: 500, retry_after: Some(7s), message: "" })
        503 {"error_code":5,"message":"later"}
          Err(Unavailable { status: 503, retry_after: Some(7s), message: "later" })
        501 <html>maintenance</html>
          Err(Refused { status: 501, error_code: None, message: "" })
        302 <html>maintenance</html>
          Err(Redirected { status: 302, location: "https://elsewhere.example/x" })
        400 {"error_code":"1004","message":"no such monitor","error_info":{"id":"1"}}
          Err(Refused { status: 400, error_code: Some(1004), message: "no such monitor" })
        404 <html>maintenance</html>
          Err(Refused { status: 404, error_code: None, message: "" })
        200 {"error_code":1004,"message":"no such monitor"}
          Err(Refused { status: 200, error_code: Some(1004), message: "no such monitor" })
        200 {"code":1004,"message":"no such monitor"}
          Err(Refused { status: 200, error_code: Some(1004), message: "no such monitor" })
        200 <html>maintenance</html>
          Err(NotUnderstood { status: 200 })
        200 
          Err(NotUnderstood { status: 200 })
        200 {}
          Err(NotUnderstood { status: 200 })
        200 [0]
          Err(NotUnderstood { status: 200 })
        204 
          Ok(None)
        "#);
    }
}
