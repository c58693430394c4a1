//! Site24x7's API: tokens, scopes, faults, and webhooks that can be made and changed.

use alert::Clock;
use axum::http::Method;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{Fault, Hidden, Seen, Shared, World, respond};

pub(crate) async fn answer(shared: &Shared, seen: Seen) -> Response {
    let fault = {
        let mut world = shared.world.lock().unwrap();
        world.seen.push(seen.clone());
        world.faults.get_mut(&seen.path).and_then(std::collections::VecDeque::pop_front)
    };
    let rightly = || carry_out(shared, &seen);
    match fault {
        None => rightly(),
        Some(Fault::Slow(delay)) => {
            tokio::time::sleep(delay).await;
            rightly()
        }
        Some(Fault::Echo(status)) => refuse(status, 7, &echo(&seen)),
        Some(Fault::AfterAll(status)) => {
            rightly();
            respond(status, "<html>bad gateway</html>")
        }
        Some(Fault::Answer(status, headers, body)) => {
            let response =
                headers.into_iter().fold(Response::builder().status(status), |response, (name, value)| {
                    response.header(name, value)
                });
            response.body(body.into()).unwrap()
        }
    }
}

fn carry_out(shared: &Shared, seen: &Seen) -> Response {
    let header =
        |name: &str| seen.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut world = shared.world.lock().unwrap();
    let token = header("authorization").strip_prefix("Zoho-oauthtoken ").unwrap_or_default();
    if !world.is_live(token, shared.clock.now()) {
        return refuse(401, 1124, "OAuth Access Token is invalid or has expired.");
    }
    if header("accept") != "application/json; version=2.0" {
        return respond(406, "<html>which version</html>");
    }
    if needed(seen).is_some_and(|scope| !world.scopes.contains(&scope)) {
        return refuse(403, 1121, "OAuth Scope associated to the OAuth Access Token is disallowed.");
    }
    match data(&mut world, seen) {
        Some(data) => respond(200, json!({"code": 0, "message": "success", "data": data}).to_string()),
        None => refuse(404, 404, "no such resource"),
    }
}

fn echo(seen: &Seen) -> String {
    let authorization = seen.headers.get("authorization").and_then(|value| value.to_str().ok());
    format!("bad request: {} {} {}", seen.path, authorization.unwrap_or_default(), seen.body)
}

fn refuse(status: u16, error_code: i64, message: &str) -> Response {
    respond(status, json!({"error_code": error_code, "message": message}).to_string())
}

fn needed(seen: &Seen) -> Option<&'static str> {
    let webhook = seen.path.starts_with("/integration/webhooks");
    match (&seen.method, seen.path.as_str()) {
        (_, "/alert_logs") => Some("Site24x7.Operations.Read"),
        (_, "/current_status") => Some("Site24x7.Reports.Read"),
        (&Method::POST, _) if webhook => Some("Site24x7.Admin.Create"),
        (&Method::PUT, _) if webhook => Some("Site24x7.Admin.Update"),
        (&Method::GET, _) => Some("Site24x7.Admin.Read"),
        (&Method::PUT, path) if path.contains("trigger_test") => Some("Site24x7.Admin.Update"),
        _ => None,
    }
}

fn data(world: &mut World, seen: &Seen) -> Option<Value> {
    let segments: Vec<_> = seen.path.trim_start_matches('/').split('/').collect();
    match (&seen.method, segments.as_slice()) {
        (&Method::GET, ["alert_logs"]) => Some(alert_logs(world, &seen.query)),
        (&Method::GET, ["current_status"]) => Some(world.current_status.clone()),
        (&Method::GET, ["monitors"]) => Some(world.monitors.clone()),
        (&Method::GET, ["short", ..]) => Some(json!([{"zaaid": 658_123_456, "name": "Zylker"}])),
        (&Method::GET, ["third_party_services"]) => Some(list(world)),
        (&Method::POST, ["integration", "webhooks"]) => Some(create(world, &seen.body)),
        (&Method::GET, ["integration", "webhooks", id]) => shown(world, id),
        (&Method::PUT, ["integration", "webhooks", id]) => change(world, id, &seen.body),
        (&Method::PUT, ["integration", "thirdparty_service", "activate", id]) => set_status(world, id, 0),
        (&Method::PUT, ["integration", "thirdparty_service", "suspend", id]) => set_status(world, id, 5),
        (&Method::PUT, ["integration", "thirdparty_service", "trigger_test", id]) => {
            webhook(world, id).map(|_| json!({"response_code": "200", "message": "OK"}))
        }
        _ => None,
    }
}

fn alert_logs(world: &World, query: &str) -> Value {
    match world.alert_logs.get(query.trim_start_matches("date=")) {
        Some(rows) => json!(rows),
        None if world.alert_logs.is_empty() => json!([{"msg": "Shop front is Down", "alert_type": 1}]),
        None => json!([]),
    }
}

fn list(world: &World) -> Value {
    let slack = json!({"service_id": "1", "name": "Campanile", "type": 3, "service_status": 0});
    let listed = |webhook: &Map<String, Value>| {
        let mut row = json!({"service_id": webhook["service_id"], "name": webhook["name"], "type": "8",
            "service_status": webhook["service_status"]});
        if !world.hides(Hidden::Urls) {
            row["url"] = webhook["url"].clone();
        }
        row
    };
    std::iter::once(slack).chain(world.webhooks.iter().map(listed)).collect()
}

fn create(world: &mut World, body: &Value) -> Value {
    let service_id = (700 + world.webhooks.len()).to_string();
    let mut webhook = body.as_object().unwrap().clone();
    webhook.insert("service_id".to_owned(), json!(service_id));
    world.webhooks.push(webhook);
    json!({ "service_id": service_id })
}

fn webhook<'a>(world: &'a mut World, id: &str) -> Option<&'a mut Map<String, Value>> {
    world.webhooks.iter_mut().find(|webhook| webhook["service_id"] == id)
}

fn shown(world: &mut World, id: &str) -> Option<Value> {
    let mask = world.hides(Hidden::Headers);
    let mut shown = webhook(world, id)?.clone();
    if mask {
        shown.insert("custom_headers".to_owned(), json!([{"name": "X-API-KEY", "value": "******"}]));
    }
    Some(shown.into())
}

fn change(world: &mut World, id: &str, body: &Value) -> Option<Value> {
    let webhook = webhook(world, id)?;
    webhook.extend(body.as_object()?.clone());
    Some(json!({ "service_id": id }))
}

fn set_status(world: &mut World, id: &str, status: i64) -> Option<Value> {
    webhook(world, id)?.insert("service_status".to_owned(), json!(status));
    Some(json!({}))
}
