//! From a request to the object that KAZOO sent, whichever of the three encodings it chose.

use serde_json::{Map, Value};

use super::form::{self, FormError};
use crate::json::{self, Unreadable};
use crate::value::{filled, plain};
use crate::{InboundRequest, REPAIRED, Rejection};

/// The object that was sent.
#[derive(Default)]
pub(super) struct Sent {
    /// Its members.
    pub(super) members: Map<String, Value>,
    /// What the operator should know of how it was read.
    pub(super) warning: Option<&'static str>,
}

/// The object sent: of a GET in the query behind our own `hook`, else in the body.
pub(super) fn sent(request: &InboundRequest) -> Result<Sent, Rejection> {
    if request.method == "GET" {
        let members = form::decode(pairs_of_event(&request.query)).map_err(form_rejection)?;
        return Ok(Sent { members, warning: None });
    }
    let body = plain(&request.body);
    if body.is_empty() {
        return Err(empty());
    }
    let text = String::from_utf8_lossy(&body);
    if is_json(request.content_type.as_deref(), &text) {
        return json_sent(&body).or_else(|rejection| wrongly_called_json(&text).ok_or(rejection));
    }
    if text.starts_with('{')
        && let Ok(sent) = json_sent(&body)
    {
        return Ok(sent);
    }
    form_sent(&text).map_err(form_rejection)
}

/// The hook that the operator wrote into the webhook's URI.
pub(super) fn hook(query: &str) -> Option<String> {
    let pair = form::query_pairs(query).find(|pair| names_hook(pair))?;
    filled(&form::value_of(pair)).map(str::to_ascii_lowercase)
}

/// All pairs but the first `hook`: that one is the URI's, and KAZOO appends the event behind it.
fn pairs_of_event(query: &str) -> Vec<&str> {
    let mut pairs: Vec<_> = form::query_pairs(query).collect();
    if let Some(ours) = pairs.iter().position(|pair| names_hook(pair)) {
        pairs.remove(ours);
    }
    pairs
}

fn names_hook(pair: &str) -> bool {
    pair.split_once('=').is_some_and(|(key, _)| key.eq_ignore_ascii_case("hook"))
}

/// Whether the body is JSON, by its type or, if that is missing or another, by its first character.
fn is_json(content_type: Option<&str>, body: &str) -> bool {
    let media_type = content_type.and_then(|sent| sent.split(';').next()).unwrap_or_default();
    match media_type.trim().to_ascii_lowercase().as_str() {
        "application/json" => true,
        "application/x-www-form-urlencoded" => false,
        _ => body.starts_with('{'),
    }
}

fn json_sent(body: &[u8]) -> Result<Sent, Rejection> {
    let document = json::read(body).map_err(|error| bad_json(&error))?;
    let warning = document.warning();
    match document.value {
        Value::Object(members) => Ok(Sent { members, warning }),
        _ => {
            Err(Rejection::new("not_an_object", "the body is JSON but no object: send one event per request"))
        }
    }
}

fn form_sent(body: &str) -> Result<Sent, FormError> {
    let warning = body.contains(char::REPLACEMENT_CHARACTER).then_some(REPAIRED);
    Ok(Sent { members: form::decode(form::body_pairs(body))?, warning })
}

/// The form that `body` is though its type calls it JSON.
fn wrongly_called_json(body: &str) -> Option<Sent> {
    let is_form = !body.starts_with(['{', '[', '"']);
    form_sent(body).ok().filter(|_| is_form)
}

fn bad_json(error: &Unreadable) -> Rejection {
    let place = error.place();
    let message =
        format!("the body is not JSON from {place} on, or nested too deep: check what the sender wrote");
    Rejection::new("bad_json", message)
}

fn form_rejection(error: FormError) -> Rejection {
    match error {
        FormError::Empty => empty(),
        FormError::NoPairs => Rejection::new(
            "bad_form",
            "nothing in the form is `key=value`: send a form, or JSON with its content type",
        ),
        FormError::TooDeep => {
            Rejection::new("bad_form", "a key of the form is nested too deep: check what the sender wrote")
        }
    }
}

fn empty() -> Rejection {
    Rejection::new("empty", "the request holds no event: send it as body or, with GET, in the query")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_what_the_content_type_says_or_else_what_it_looks_like() {
        assert!(is_json(Some("application/json; charset=utf-8"), "a=1"));
        assert!(is_json(Some("Application/JSON"), "a=1"));
        assert!(!is_json(Some("application/x-www-form-urlencoded"), "{}"));
        for odd in [None, Some(""), Some("text/plain")] {
            assert!(is_json(odd, "{}"), "{odd:?}");
            assert!(!is_json(odd, "[]"), "{odd:?}");
        }
    }

    #[test]
    fn the_first_hook_of_a_query_is_ours_and_a_second_one_the_events() {
        assert_eq!(hook("HOOK=Object?id=1&hook=x").as_deref(), Some("object"));
        assert_eq!(pairs_of_event("a=1&hook=object?id=1&hook=x"), ["a=1", "id=1", "hook=x"]);
        assert_eq!(hook("hook=&a=1"), None);
    }
}
