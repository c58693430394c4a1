//! A call of Netdata Cloud's API: its request, and reading what it answers.

use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, Method};
use jiff::Timestamp;
use net::{HttpAnswer, HttpRequest, retry_after};
use serde_json::{Value, json};

use crate::access::Access;
use crate::refusal::Refusal;
use crate::space::{Room, Space};

/// Most active alerts of one page.
pub const MOST_ACTIVE: usize = 500;

/// A span of time, both ends included as far as anybody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub after: Timestamp,
    /// Its end.
    pub before: Timestamp,
}

/// One operation with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What is asked, for people.
    pub what: &'static str,
    path: Vec<String>,
    /// What is posted; nothing where it is only got.
    body: Option<Value>,
}

/// An answer that does not say what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// A refusal, which may come with HTTP 200.
    #[error("netdata refused to say {what}")]
    Refused {
        /// What was asked.
        what: &'static str,
        /// Why not.
        #[source]
        refusal: Refusal,
    },
    /// Something that is no answer of the API: a page for people, or another shape than was known.
    #[error("what netdata answers to {what} is not what its API is known to say")]
    Unreadable {
        /// What was asked.
        what: &'static str,
    },
}

impl Call {
    /// The spaces that the token sees.
    pub fn spaces() -> Self {
        Self::get("its spaces", ["api", "v2", "spaces"])
    }

    /// The rooms of `space`.
    pub fn rooms(space: &Space) -> Self {
        Self::get("the rooms of a space", ["api", "v2", "spaces", &space.id, "rooms"])
    }

    /// The newest `last` changes of alerts within `window`.
    pub fn transitions(space: &Space, room: &Room, window: Window, last: usize) -> Self {
        // Without `last` it would be the newest one alone.
        let body = json!({
            "after": window.after.as_second().max(1), "before": window.before.as_second(), "last": last,
            "status": ["CRITICAL", "WARNING", "CLEAR", "REMOVED"],
        });
        Self::post(
            "the changes of alerts",
            ["api", "v2", "spaces", &space.id, "rooms", &room.id, "alert_transitions"],
            body,
        )
    }

    /// The alerts that are active now, from `offset` on.
    pub fn active(space: &Space, room: &Room, offset: usize) -> Self {
        // Without `instances` the list is empty.
        let body = json!({
            "options": ["instances", "values", "summary"], "status": ["CRITICAL", "WARNING"],
            "offset": offset, "limit": MOST_ACTIVE,
        });
        Self::post("the active alerts", ["api", "v2", "spaces", &space.id, "rooms", &room.id, "alerts"], body)
    }

    /// The nodes of `room`.
    pub fn nodes(space: &Space, room: &Room) -> Self {
        Self::post("the nodes", ["api", "v3", "spaces", &space.id, "rooms", &room.id, "nodes"], json!({}))
    }

    fn get<const N: usize>(what: &'static str, path: [&str; N]) -> Self {
        Self { what, path: path.map(str::to_owned).into(), body: None }
    }

    fn post<const N: usize>(what: &'static str, path: [&str; N], body: Value) -> Self {
        Self { body: Some(body), ..Self::get(what, path) }
    }

    /// The request, with the token of `access`.
    pub fn request(&self, access: &Access) -> HttpRequest {
        let mut url = access.endpoint.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(&self.path);
        }
        let request = match &self.body {
            Some(body) => HttpRequest::json(Method::POST, url, body),
            None => HttpRequest::get(url),
        };
        let request = request.with_header(ACCEPT, HeaderValue::from_static("application/json"));
        match HeaderValue::from_str(&format!("Bearer {}", access.token.expose())) {
            Ok(mut bearer) => {
                bearer.set_sensitive(true);
                request.with_header(AUTHORIZATION, bearer)
            }
            // A token is visible ASCII: there is no other.
            Err(_) => request,
        }
    }

    /// What `answer`, which came at `now`, says to it: what `read` makes of its JSON.
    pub fn read<T>(
        &self,
        answer: &HttpAnswer,
        now: Timestamp,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, AnswerError> {
        let what = self.what;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let Some(refusal) = Refusal::read(answer, &body, retry_after(&answer.headers, now)) {
            return Err(AnswerError::Refused { what, refusal });
        }
        let said = Some(body).filter(|_| answer.is_complete).as_ref().and_then(read);
        said.ok_or(AnswerError::Unreadable { what })
    }
}

impl AnswerError {
    /// Whether the same call may succeed a moment later.
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Refused { refusal, .. } => refusal.may_pass(),
            Self::Unreadable { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn space() -> Space {
        Space { id: "s/1".into(), slug: "example".into(), name: "Example".into() }
    }

    fn room() -> Room {
        Room { id: "r".into(), slug: "all-nodes".into(), holds_all_nodes: true }
    }

    #[test]
    fn a_request_carries_the_token_in_its_header_and_nowhere_else() {
        let access = Access::new("h1dden", Some("http://127.0.0.1:8080")).unwrap();
        let window = Window { after: Timestamp::UNIX_EPOCH, before: Timestamp::from_second(60).unwrap() };
        let request = Call::transitions(&space(), &room(), window, 200).request(&access);
        assert_eq!(request.url.path(), "/api/v2/spaces/s%2F1/rooms/r/alert_transitions");
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((&body["after"], &body["before"], &body["last"]), (&json!(1), &json!(60), &json!(200)));
        assert!(
            request.headers.iter().any(|(name, value)| name == AUTHORIZATION && value == "Bearer h1dden")
        );
        assert!(!format!("{request:?}").contains("h1dden"));
        assert_eq!(Call::spaces().request(&access).method, Method::GET);
    }

    #[test]
    fn a_page_for_people_and_what_breaks_off_are_no_answers() {
        let call = Call::nodes(&space(), &room());
        let read = |answer: &HttpAnswer| {
            call.read(answer, Timestamp::UNIX_EPOCH, |body| body["nodes"].as_array().map(Vec::len))
        };
        let answer = |status, body: &str| HttpAnswer::new(status, HeaderMap::new(), body);
        assert_eq!(read(&answer(200, r#"{"nodes":[1]}"#)), Ok(1));
        for body in ["<html>", "", "[]", r#"{"node":[]}"#] {
            assert_eq!(
                read(&answer(200, body)),
                Err(AnswerError::Unreadable { what: "the nodes" }),
                "{body}"
            );
        }
        let cut = HttpAnswer { is_complete: false, ..answer(200, r#"{"nodes":[]}"#) };
        assert!(read(&cut).is_err());
        assert!(read(&answer(404, "<html>")).is_err_and(|error| !error.may_pass()));
        assert!(read(&answer(429, "")).is_err_and(|error| error.may_pass()));
    }
}
