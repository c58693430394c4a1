//! Zoho's accounts server: ten tokens in ten minutes, fifteen at a time.

use std::collections::HashMap;

use alert::Clock;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{CLIENT_ID, CLIENT_SECRET, GRANT_CODE, Hidden, REFRESH_TOKEN, Shared, World, respond};

const WINDOW: SignedDuration = SignedDuration::from_mins(10);
const MOST_IN_WINDOW: usize = 10;
const MOST_LIVE: usize = 15;

pub(crate) fn token(shared: &Shared, form: &str) -> Response {
    let form: HashMap<String, String> =
        url::Url::parse(&format!("http://form/?{form}")).unwrap().query_pairs().into_owned().collect();
    let member = |name: &str| form.get(name).map_or("", String::as_str);
    let now = shared.clock.now();
    let mut world = shared.world.lock().unwrap();
    if let Some((status, body)) = world.token_answers.pop_front() {
        world.asked.push(now);
        return respond(status, body);
    }
    let error = |error: &str| respond(200, json!({ "error": error }).to_string());
    if member("client_id") != CLIENT_ID {
        return error("invalid_client");
    }
    if member("client_secret") != CLIENT_SECRET {
        return error("invalid_client_secret");
    }
    match (member("grant_type"), member("code"), member("refresh_token")) {
        ("authorization_code", GRANT_CODE, _) if !form.contains_key("redirect_uri") => {
            granted(&mut world, now)
        }
        ("refresh_token", _, REFRESH_TOKEN) => refreshed(&mut world, now),
        _ => error("invalid_code"),
    }
}

fn granted(world: &mut World, now: Timestamp) -> Response {
    let mut answer = issue(world, now);
    answer["refresh_token"] = json!(REFRESH_TOKEN);
    respond(200, answer.to_string())
}

fn refreshed(world: &mut World, now: Timestamp) -> Response {
    let quiet_since = world.asked.last().is_none_or(|last| now.duration_since(*last) >= WINDOW);
    world.blocked &= !quiet_since;
    let recent = world.asked.iter().filter(|asked| now.duration_since(**asked) < WINDOW).count();
    world.blocked |= recent >= MOST_IN_WINDOW;
    world.asked.push(now);
    if world.blocked {
        world.throttled += 1;
        let answer = json!({
            "error_description": "You have made too many requests continuously. Please try again after some time.",
            "error": "Access Denied", "status": "failure",
        });
        return respond(400, answer.to_string());
    }
    respond(200, issue(world, now).to_string())
}

fn issue(world: &mut World, now: Timestamp) -> serde_json::Value {
    world.issued += 1;
    let token = format!("1000.access.{:04}", world.issued);
    world.live.push_back((token.clone(), now + SignedDuration::from_hours(1)));
    if world.live.len() > MOST_LIVE {
        world.live.pop_front();
    }
    let mut answer = json!({
        "access_token": token, "api_domain": "https://www.zohoapis.eu", "token_type": "Bearer", "expires_in": 3600,
    });
    if !world.hides(Hidden::Scopes) {
        answer["scope"] = json!(world.scopes.join(" "));
    }
    answer
}

impl World {
    /// Whether `token` is good at `now`.
    pub fn is_live(&self, token: &str, now: Timestamp) -> bool {
        self.live.iter().any(|(live, until)| live == token && *until > now)
    }

    /// Spends all ten tokens, so that the next question meets the block.
    pub fn spend_all(&mut self, now: Timestamp) {
        self.asked = vec![now; MOST_IN_WINDOW];
    }
}
