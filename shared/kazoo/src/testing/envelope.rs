//! Crossbar's envelopes.

use serde_json::{Value, json};

/// What the stand-in sends back.
pub(crate) enum Answered {
    /// An envelope.
    Json(u16, Value),
    /// Something that is no envelope, as from a proxy.
    Text(u16, String),
    /// A connection that breaks within the answer.
    Lost,
    /// Nothing, for longer than anybody waits.
    Never,
}

impl Answered {
    pub(crate) fn success(data: Value) -> Self {
        Self::Json(200, success(data))
    }

    pub(crate) fn created(data: Value) -> Self {
        Self::Json(201, success(data))
    }

    pub(crate) fn error(status: u16, message: &str, data: Value) -> Self {
        Self::Json(status, error(status, message, data))
    }

    pub(crate) fn invalid(field: &str, rule: &str, message: &str, value: &Value) -> Self {
        let detail =
            json!({ "message": message, "value": value, "cause": value, "target": "see the schema" });
        Self::error(400, "validation error", json!({ field: { rule: detail } }))
    }

    /// The same with a member of the envelope besides.
    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        if let Self::Json(_, envelope) = &mut self {
            envelope[key] = value;
        }
        self
    }
}

fn success(data: Value) -> Value {
    let mut envelope = json!({
        "revision": "automatic", "timestamp": "2024-11-28T08:00:00Z", "node": "SQQOm6kA",
        "request_id": "8a6b612ca22aa16c57c0b89920dec383", "status": "success"
    });
    envelope["data"] = data;
    envelope
}

fn error(status: u16, message: &str, data: Value) -> Value {
    let mut envelope = json!({
        "error": status.to_string(), "message": message, "node": "SQQOm6kA",
        "request_id": "8a6b612ca22aa16c57c0b89920dec383", "status": "error", "auth_token": ""
    });
    envelope["data"] = data;
    envelope
}
