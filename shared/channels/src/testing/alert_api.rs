//! Stands in for the alert APIs of Opsgenie and of its successor: what they accept is processed later.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wiremock::{MockServer, Request, Respond, ResponseTemplate};

use super::{API_KEY, answering};

const MESSAGE_UNITS: usize = 130;

/// One alert as it is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incident {
    /// Whether it is open.
    pub is_open: bool,
    /// Whether somebody has it.
    pub is_acknowledged: bool,
    /// How often it was created while it was open.
    pub count: u32,
    /// What was noted.
    pub notes: Vec<String>,
}

/// A server that takes what the API of `type_name`, `opsgenie` or `jsm`, takes, and has processed it after so many `looks`;
/// and its alerts.
pub async fn alert_api(type_name: &'static str, looks: u32) -> (MockServer, Arc<AlertApi>) {
    let api = Arc::new(AlertApi::new(type_name, looks));
    (answering(Shared(Arc::clone(&api))).await, api)
}

struct Shared(Arc<AlertApi>);

/// The API, whose alerts can be looked at.
pub struct AlertApi {
    type_name: &'static str,
    looks: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    incidents: HashMap<String, Incident>,
    /// By request id how often it was asked for, and what became of it.
    requests: HashMap<String, (u32, &'static str)>,
}

impl AlertApi {
    /// One without alerts.
    fn new(type_name: &'static str, looks: u32) -> Self {
        Self { type_name, looks, state: Mutex::default() }
    }

    /// The alert whose alias is `alias`.
    pub fn incident(&self, alias: &str) -> Option<Incident> {
        self.state.lock().unwrap().incidents.get(alias).cloned()
    }

    /// The answer to `request`.
    fn answer(&self, request: &Request) -> ResponseTemplate {
        let key = request.headers.get("authorization").and_then(|value| value.to_str().ok());
        if key != Some(&format!("GenieKey {API_KEY}")) {
            return refused(401, "Could not authenticate");
        }
        let segments: Vec<_> = request.url.path_segments().into_iter().flatten().collect();
        let place = segments.iter().position(|segment| *segment == "alerts").map(|at| &segments[at + 1..]);
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        match (request.method.as_str(), place) {
            ("GET", Some(["requests", id])) => self.looked_up(id),
            ("POST", Some([])) => self.created(&body),
            // The successor has no such calls.
            ("PUT", Some([_, "message" | "description" | "priority"])) if self.type_name == "opsgenie" => {
                self.accepted("done")
            }
            ("POST", Some([alias, action])) => self.acted(alias, action, &body),
            _ => refused(404, "No such resource"),
        }
    }

    fn created(&self, body: &Value) -> ResponseTemplate {
        let message = body["message"].as_str().unwrap_or_default();
        if message.is_empty() || message.encode_utf16().count() > MESSAGE_UNITS {
            return refused(422, "message should not exceed 130 characters");
        }
        let alias = body["alias"].as_str().unwrap_or_default().to_owned();
        let mut state = self.state.lock().unwrap();
        let incident = state.incidents.entry(alias).or_default();
        if !incident.is_open {
            *incident = Incident { is_open: true, ..Incident::default() };
        }
        incident.count += 1;
        drop(state);
        self.accepted("Created alert")
    }

    fn acted(&self, alias: &str, action: &str, body: &Value) -> ResponseTemplate {
        let mut state = self.state.lock().unwrap();
        let status = match (state.incidents.get_mut(alias), action) {
            (None, _) => "Alert does not exist",
            (Some(incident), "close") => {
                incident.is_open = false;
                "Closed alert"
            }
            (Some(incident), "acknowledge" | "unacknowledge") => {
                incident.is_acknowledged = action == "acknowledge";
                "Done"
            }
            (Some(incident), "notes") => {
                incident.notes.push(body["note"].as_str().unwrap_or_default().to_owned());
                "Added note"
            }
            _ => return refused(404, "No such resource"),
        };
        drop(state);
        self.accepted(status)
    }

    fn accepted(&self, status: &'static str) -> ResponseTemplate {
        let mut state = self.state.lock().unwrap();
        let id = format!("r-{}", state.requests.len());
        state.requests.insert(id.clone(), (0, status));
        let body = json!({ "result": "Request will be processed", "took": 0.1, "requestId": id });
        ResponseTemplate::new(202).set_body_json(body)
    }

    fn looked_up(&self, id: &str) -> ResponseTemplate {
        let mut state = self.state.lock().unwrap();
        let Some((looks, status)) = state.requests.get_mut(id) else { return pending() };
        *looks += 1;
        if *looks <= self.looks {
            return pending();
        }
        let is_done = !status.contains("not exist");
        let data = json!({ "success": is_done, "isSuccess": is_done, "status": status });
        ResponseTemplate::new(200).set_body_json(json!({ "data": data, "took": 0.1, "requestId": id }))
    }
}

impl Respond for Shared {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        self.0.answer(request)
    }
}

fn pending() -> ResponseTemplate {
    refused(404, "Request not found. It might not be processed, yet.")
}

fn refused(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({ "message": message, "took": 0.0 }))
}
