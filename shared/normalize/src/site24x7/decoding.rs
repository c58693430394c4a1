//! From a request to its keys and values, whichever way they were sent.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::value::plain;
use crate::{InboundRequest, REPAIRED, Rejection, json};

/// The keys and values that were sent.
pub(super) struct Sent {
    /// By key.
    pub(super) values: Map<String, Value>,
    /// What the operator should know of how they were read.
    pub(super) warning: Option<&'static str>,
}

/// The keys and values of `request`: a JSON object if the body looks like one, whatever its type; else a form;
/// without a body the query.
pub(super) fn decode(request: &InboundRequest) -> Result<Sent, Rejection> {
    let body = plain(&request.body);
    match body.first() {
        Some(b'{') => json(&body),
        Some(b'[') => Err(not_an_object()),
        Some(_) if !body.contains(&b'=') => Err(not_an_object()),
        Some(_) => Ok(form(&body)),
        None if request.query.trim().is_empty() => Err(empty()),
        None => Ok(form(request.query.trim().as_bytes())),
    }
}

fn json(body: &[u8]) -> Result<Sent, Rejection> {
    let document = json::read(body).map_err(|error| not_json(&error))?;
    let warning = document.warning();
    match document.value {
        Value::Object(values) => Ok(Sent { values, warning }),
        _ => Err(not_an_object()),
    }
}

fn not_json(error: &json::Unreadable) -> Rejection {
    let message = format!("the body begins like JSON and is none: {error}; send one JSON object");
    Rejection::new("not_json", message)
}

/// A form's pairs; a repeated key becomes a list.
fn form(bytes: &[u8]) -> Sent {
    let mut values = BTreeMap::<_, Vec<_>>::new();
    for (key, value) in form_urlencoded::parse(bytes) {
        let sent = values.entry(key.into_owned()).or_default();
        if sent.last().is_none_or(|last| *last != value) {
            sent.push(value.into_owned());
        }
    }
    let warning = std::str::from_utf8(bytes).err().map(|_| REPAIRED);
    Sent { values: values.into_iter().map(|(key, sent)| (key, one_or_list(sent))).collect(), warning }
}

fn one_or_list(mut sent: Vec<String>) -> Value {
    if sent.len() == 1 { sent.swap_remove(0).into() } else { sent.into() }
}

fn empty() -> Rejection {
    Rejection::new(
        "empty",
        "neither a body nor a query: choose POST and tick \"Send Incident Parameters\" for this webhook in the \
         Site24x7 console (Admin > Third-Party Integrations)",
    )
}

fn not_an_object() -> Rejection {
    Rejection::new(
        "not_an_object",
        "the body is neither one JSON object nor a form: tick \"Send Incident Parameters\" and \"Post as JSON\" for \
         this webhook in the Site24x7 console (Admin > Third-Party Integrations)",
    )
}
