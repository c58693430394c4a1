//! What an answer of the accounts server means. Errors come under HTTP 200 too, so the body decides.

use net::{HttpAnswer, Secret};
use serde::Deserialize;
use serde_json::Value;

use crate::lenient::{self, Integer, Text};
use crate::{Rejection, Scopes};

/// A token lives for an hour; whatever a server says.
const LONGEST_SECS: i64 = 3600;
/// A shorter life could not be lived under ten tokens in ten minutes: a token that dies earlier is renewed
/// when the API refuses it.
const SHORTEST_SECS: i64 = 600;
/// More seconds than this are milliseconds, which older servers send.
const MOST_SECONDS: i64 = 86_400;

/// A token answer, as Zoho documents it under "Access and refresh tokens".
#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenAnswer {
    access_token: Text,
    refresh_token: Text,
    scope: Text,
    expires_in: Integer,
    expires_in_sec: Integer,
    error: Option<Value>,
    error_description: Option<Value>,
    status: Option<Value>,
}

/// What was issued.
pub(super) struct Contents {
    pub(super) access_token: Secret,
    pub(super) refresh_token: Option<Secret>,
    pub(super) scopes: Option<Scopes>,
    pub(super) lifetime_secs: i64,
}

/// Why nothing was.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Rejected(Rejection),
    Throttled,
    Other { status: u16, error: String },
    NoAccessToken { status: u16 },
}

pub(super) fn read(answer: &HttpAnswer) -> Result<Contents, Refusal> {
    let status = answer.status;
    let token: TokenAnswer = lenient::object(&answer.body).unwrap_or_default();
    if let Some(refusal) = token.refusal(status) {
        return Err(refusal);
    }
    let lifetime_secs = token.lifetime_secs();
    let secret = |text: Text| text.into_inner().map(Secret::new).filter(Secret::fits_a_header);
    let access_token = secret(token.access_token).filter(|_| answer.is_success());
    Ok(Contents {
        access_token: access_token.ok_or(Refusal::NoAccessToken { status })?,
        refresh_token: secret(token.refresh_token),
        scopes: token.scope.into_inner().as_deref().and_then(Scopes::read),
        lifetime_secs,
    })
}

impl TokenAnswer {
    fn refusal(&self, status: u16) -> Option<Refusal> {
        let error = word(self.error.as_ref());
        match error.as_str() {
            "invalid_code" => return Some(Refusal::Rejected(Rejection::Code)),
            "invalid_client" => return Some(Refusal::Rejected(Rejection::Client)),
            "invalid_client_secret" => return Some(Refusal::Rejected(Rejection::ClientSecret)),
            _ if status == 429 || self.is_throttling(&error) => return Some(Refusal::Throttled),
            "" => return None,
            _ => {}
        }
        Some(Refusal::Other { status, error: shown(error) })
    }

    /// The word `Access Denied` is translated on some servers, so that any one of the three marks will do.
    fn is_throttling(&self, error: &str) -> bool {
        word(self.status.as_ref()) == "failure"
            || !word(self.error_description.as_ref()).is_empty()
            || error == "access denied"
    }

    fn lifetime_secs(&self) -> i64 {
        let stated = self.expires_in.get().or(self.expires_in_sec.get()).unwrap_or(LONGEST_SECS);
        let seconds = if stated > MOST_SECONDS { stated / 1000 } else { stated };
        seconds.clamp(SHORTEST_SECS, LONGEST_SECS)
    }
}

/// The word of an error, if it is one: anything else may repeat what was sent.
fn shown(error: String) -> String {
    let is_word = error.len() <= 40
        && error.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b' '));
    if is_word { error } else { "something unknown".to_owned() }
}

/// A member's text, compared in lower case; what is not text has its JSON, so that an error is never overlooked.
fn word(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.trim().to_lowercase(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_comes_in_yields_a_token_that_fits_a_header_or_a_refusal(
            status in 100_u16..600,
            body in prop_oneof![
                ".*",
                r#"\{"access_token":(".{0,9}"|7|null)(,"(error|status|expires_in)":(".{0,9}"|-?[0-9]{1,30}|null|\[\]))?\}"#,
            ],
        ) {
            if let Ok(contents) = read(&answer(status, &body)) {
                prop_assert!((200..300).contains(&status));
                prop_assert!(contents.access_token.fits_a_header());
                prop_assert!((SHORTEST_SECS..=LONGEST_SECS).contains(&contents.lifetime_secs));
            }
        }
    }

    fn answer(status: u16, body: &str) -> HttpAnswer {
        HttpAnswer::new(status, HeaderMap::new(), body)
    }

    fn refusal(status: u16, body: &str) -> Refusal {
        read(&answer(status, body)).err().unwrap()
    }

    fn lifetime(members: &str) -> i64 {
        let body = format!(r#"{{"access_token":"1000.a"{members}}}"#);
        read(&answer(200, &body)).ok().unwrap().lifetime_secs
    }

    #[test]
    fn errors_are_found_under_http_200() {
        assert_eq!(refusal(200, r#"{"error":"invalid_code"}"#), Refusal::Rejected(Rejection::Code));
        assert_eq!(refusal(200, r#"{"error":"invalid_client"}"#), Refusal::Rejected(Rejection::Client));
        assert_eq!(
            refusal(400, r#"{"error":"invalid_client_secret"}"#),
            Refusal::Rejected(Rejection::ClientSecret)
        );
    }

    #[test]
    fn throttling_is_recognised_by_any_of_its_marks_at_any_status() {
        for body in [
            r#"{"error_description":"You have made too many requests continuously. Please try again after some time.","error":"Access Denied","status":"failure"}"#,
            r#"{"error":"拒绝访问","status":"failure"}"#,
            r#"{"error":"拒绝访问","error_description":"您的请求过于频繁"}"#,
            r#"{"error":"Access Denied"}"#,
        ] {
            assert_eq!(refusal(400, body), Refusal::Throttled, "{body}");
            assert_eq!(refusal(200, body), Refusal::Throttled, "{body}");
        }
        assert_eq!(refusal(429, "<html>slow down</html>"), Refusal::Throttled);
    }

    #[test]
    fn an_unknown_error_is_reported_with_its_word_and_status() {
        let expected = Refusal::Other { status: 500, error: "general_error".to_owned() };
        assert_eq!(refusal(500, r#"{"error":"general_error"}"#), expected);
    }

    #[test]
    fn an_error_that_is_no_word_is_an_error_but_not_repeated() {
        for error in [r#"{"code":7}"#, r#""unknown code 1000.abc""#, "7", "[true]"] {
            let body = format!(r#"{{"error":{error},"access_token":"1000.a"}}"#);
            let expected = Refusal::Other { status: 200, error: "something unknown".to_owned() };
            assert_eq!(refusal(200, &body), expected, "{body}");
        }
    }

    #[test]
    fn no_access_token_is_an_error_whatever_the_status() {
        for (status, body) in [
            (200, "{}"),
            (200, "<html>sign in</html>"),
            (200, ""),
            (200, r#"{"access_token":""}"#),
            (200, r#"{"access_token":"two words"}"#),
            (200, r#"["1000.a"]"#),
            (302, r#"{"access_token":"1000.a"}"#),
            (502, "bad gateway"),
        ] {
            assert_eq!(refusal(status, body), Refusal::NoAccessToken { status }, "{status} {body}");
        }
    }

    #[test]
    fn lifetimes_are_seconds_or_milliseconds_and_at_most_an_hour() {
        assert_eq!(lifetime(r#","expires_in":3600"#), 3600);
        assert_eq!(lifetime(r#","expires_in":"3600""#), 3600);
        assert_eq!(lifetime(r#","expires_in":1800"#), 1800);
        assert_eq!(lifetime(r#","expires_in_sec":3600,"expires_in":3600000"#), 3600);
        assert_eq!(lifetime(r#","expires_in":1800000"#), 1800);
        assert_eq!(lifetime(r#","expires_in":86400"#), 3600);
        assert_eq!(lifetime(r#","expires_in_sec":1200"#), 1200);
        assert_eq!(lifetime(""), 3600);
        assert_eq!(lifetime(r#","expires_in":"soon""#), 3600);
    }

    #[test]
    fn a_lifetime_too_short_to_live_with_is_not_believed() {
        assert_eq!(lifetime(r#","expires_in":0"#), 600);
        assert_eq!(lifetime(r#","expires_in":-9223372036854775808"#), 600);
        assert_eq!(lifetime(r#","expires_in":9223372036854775807"#), 3600);
    }

    #[test]
    fn a_grant_answer_is_read_with_refresh_token_and_scopes() {
        let body = r#"{"access_token":"1000.a","refresh_token":"1000.r","scope":"Site24x7.Admin.Read Site24x7.Reports.Read",
            "api_domain":"https://www.zohoapis.com","token_type":"Bearer","expires_in":3600}"#;
        let contents = read(&answer(200, body)).ok().unwrap();
        assert_eq!(contents.access_token.expose(), "1000.a");
        assert_eq!(contents.refresh_token.unwrap().expose(), "1000.r");
        assert_eq!(contents.scopes, Scopes::read("site24x7.admin.read,site24x7.reports.read"));
    }
}
