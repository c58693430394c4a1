//! Why the API says no, by its status or by the error in its body.

use jiff::SignedDuration;
use net::{HttpAnswer, sanitize};
use serde_json::Value;

/// Why the API says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The token is not known, or not any more.
    #[error("netdata does not know the token: make another under User Settings, API Tokens")]
    Unknown,
    /// The token may not do this.
    #[error("the token may not do this: it needs the scope `scope:all`, and its user must see the space")]
    NotPermitted,
    /// Too many requests.
    #[error("netdata has had too many requests")]
    TooMany {
        /// For how long nothing is to be asked, where Netdata says so.
        wait: Option<SignedDuration>,
    },
    /// A fault of Netdata's.
    #[error("netdata is busy or broken (HTTP {status}), try again")]
    Passing {
        /// The HTTP status.
        status: u16,
    },
    /// Nothing is there.
    #[error("netdata knows nothing at this address: the space or its room is gone, or the API has changed")]
    NotFound,
    /// The request is one that Netdata does not take.
    #[error("netdata does not take the request; it says `{message}`")]
    Mistaken {
        /// Netdata's words.
        message: String,
    },
}

impl Refusal {
    /// The refusal in `answer`, whose body is `body` where it is JSON; an error may come with HTTP 200.
    pub(crate) fn read(answer: &HttpAnswer, body: &Value, wait: Option<SignedDuration>) -> Option<Self> {
        match answer.status {
            200..=299 => Self::in_body(body, answer.status, wait),
            401 => Some(Self::Unknown),
            403 => Some(Self::NotPermitted),
            404 => Some(Self::NotFound),
            429 => Some(Self::TooMany { wait }),
            400..=499 => Some(Self::Mistaken { message: message(body) }),
            status => Some(Self::Passing { status }),
        }
    }

    fn in_body(body: &Value, status: u16, wait: Option<SignedDuration>) -> Option<Self> {
        let key = body["errorMsgKey"]
            .as_str()
            .or_else(|| body["errorCode"].as_str())
            .or_else(|| body["errorMessage"].as_str())?;
        let key = key.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| key.contains(word));
        Some(if says(&["unauthorized", "unauthenticated"]) {
            Self::Unknown
        } else if says(&["forbidden", "permission", "scope"]) {
            Self::NotPermitted
        } else if says(&["toomany", "ratelimit", "throttl"]) {
            Self::TooMany { wait }
        } else if says(&["internal", "unavailable", "timeout", "timedout"]) {
            Self::Passing { status }
        } else if says(&["notfound"]) {
            Self::NotFound
        } else {
            Self::Mistaken { message: message(body) }
        })
    }

    /// Whether the same request may succeed a moment later.
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::TooMany { .. } | Self::Passing { .. })
    }
}

fn message(body: &Value) -> String {
    let texts = ["errorMessage", "errorMsgKey", "message"].into_iter().filter_map(|name| body[name].as_str());
    sanitize::line(texts.into_iter().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde_json::json;

    use super::*;

    fn of(status: u16, body: &Value) -> Option<Refusal> {
        Refusal::read(&HttpAnswer::new(status, HeaderMap::new(), body.to_string()), body, None)
    }

    #[test]
    fn an_error_is_one_whatever_the_status_that_it_comes_with() {
        let error = |key: &str| json!({ "errorMsgKey": key, "errorMessage": "no\u{1b}[31m" });
        assert_eq!(of(200, &json!({ "transitions": [] })), None);
        assert_eq!(of(200, &error("ErrForbidden")), Some(Refusal::NotPermitted));
        assert_eq!(of(200, &error("ErrUnauthorized")), Some(Refusal::Unknown));
        assert!(of(200, &error("ErrTooManyRequests")).unwrap().may_pass());
        assert!(of(200, &error("ErrInternalServerError")).unwrap().may_pass());
        assert!(of(503, &Value::Null).unwrap().may_pass());
        assert_eq!(of(404, &Value::Null), Some(Refusal::NotFound));
        let mistaken = of(400, &error("ErrInvalidRequestPayload")).unwrap();
        assert!(!mistaken.may_pass() && !mistaken.to_string().contains('\u{1b}'), "{mistaken}");
        assert!(matches!(of(200, &error("ErrSomethingElse")), Some(Refusal::Mistaken { .. })));
    }
}
