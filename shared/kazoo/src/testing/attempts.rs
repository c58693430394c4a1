//! Deliveries that fail, what is remembered of them, and the hook that they switch off.

use alert::Clock;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::envelope::Answered;
use super::state::{Condition, Crossbar, Seen};

const FAILURES_TO_DISABLE: usize = 6;

/// A list's page unless the request says otherwise.
const PAGE_SIZE: usize = 50;

/// More than these is refused.
const LONGEST_RANGE_SECS: i64 = 31 * 86_400;

impl Crossbar {
    /// Has KAZOO deliver an event of the hook `id`, which is answered with `status`; nothing where it is off.
    pub fn deliver(&mut self, id: &str, status: u16) {
        self.attempt(id, "{\"hook_event\":\"channel_destroy\"}", Some(status));
    }

    /// Whether the hook `id` is on: nothing is tried, nor written down, where it is not.
    pub fn is_on(&self, id: &str) -> bool {
        self.hooks.get(id).is_some_and(|hook| hook.document.get("enabled") != Some(&json!(false)))
    }

    /// Has KAZOO deliver `body` by the hook `id`, which is answered with `status`, or never, whatever is tried.
    pub fn attempt(&mut self, id: &str, body: &str, status: Option<u16>) {
        if !self.is_on(id) || status == Some(200) {
            return;
        }
        let event = self.new_id()[22..].to_owned();
        let tries = self.hooks[id].document.get("retries").and_then(Value::as_i64).unwrap_or(3);
        match status {
            Some(status) => self.fail(id, &event, body, 0, |entry| {
                entry["reason"] = json!("bad response code");
                entry["resp_status_code"] = json!(status.to_string());
                entry["resp_body"] = json!("{\"error\":{\"code\":\"unauthorized\"}}");
                entry["retries_left"] = json!(tries - 1);
            }),
            None => {
                for number in 0..=tries {
                    self.fail(id, &event, body, 2 * number.min(tries - 1), |entry| {
                        entry["reason"] = json!("kazoo http client error");
                        entry["client_error"] = json!("econnrefused");
                        let left = tries - 1 - number;
                        entry["retries_left"] =
                            if left < 0 { json!("retries exceeded") } else { json!(left) };
                    });
                }
            }
        }
    }

    /// Writes down a failure of `later` seconds from now, and switches the hook off where it is one too many.
    fn fail(&mut self, id: &str, event: &str, body: &str, later: i64, say: impl FnOnce(&mut Value)) {
        let now = self.clock.now().checked_add(SignedDuration::from_secs(later)).unwrap();
        let hook = self.hooks.get_mut(id).unwrap();
        let mut entry = json!({
            "hook_id": id, "hook_event": hook.document["hook"], "uri": hook.document["uri"], "method": "post",
            "event_id": event, "req_body": body, "result": "failure", "timestamp": self.clock.gregorian() + later,
            "req_headers": {
                "x-hook-id": id, "x-account-id": hook.account, "content-type": "application/json",
                "authorization": "Basic bm9ib2R5OnMzY3IzdA=="
            },
        });
        say(&mut entry);
        self.attempts.push(entry);
        let minute_ago = now.checked_sub(SignedDuration::from_secs(60)).unwrap();
        hook.failures.push(now);
        hook.failures.retain(|failure| *failure > minute_ago);
        if hook.failures.len() >= FAILURES_TO_DISABLE {
            hook.document.insert("enabled".to_owned(), json!(false));
            hook.disable_reason = Some("too many failed attempts".to_owned());
        }
    }
}

pub(super) fn list(crossbar: &Crossbar, seen: &Seen, hook: Option<&str>) -> Answered {
    let bound = |name: &str| seen.query.get(name).and_then(|text| text.parse::<i64>().ok());
    let is = |name: &str, value: &str| seen.query.get(name).map(String::as_str) == Some(value);
    let (Some(from), Some(to)) = (bound("created_from"), bound("created_to")) else {
        return Answered::invalid("created_from", "required", "give a range", &Value::Null);
    };
    if to - from > LONGEST_RANGE_SECS {
        return Answered::invalid("created_from", "date_range", "at most 31 days", &json!(from));
    }
    let at = |attempt: &Value| attempt["timestamp"].as_i64().unwrap();
    let within = |attempt: &&Value| (from..=to).contains(&at(attempt));
    let of_hook = |attempt: &&Value| hook.is_none_or(|id| attempt["hook_id"] == id);
    let mut attempts: Vec<_> = crossbar.attempts.iter().filter(within).filter(of_hook).collect();
    attempts.sort_by_key(|attempt| at(attempt));
    // Newest first, like every view of Crossbar by time, unless the request says otherwise.
    if !is("ascending", "true") || crossbar.is(Condition::NewestFirst) {
        attempts.reverse();
    }
    if is("paginate", "false") || attempts.len() <= PAGE_SIZE {
        return Answered::success(json!(attempts));
    }
    let next = at(attempts[PAGE_SIZE]);
    attempts.truncate(PAGE_SIZE);
    Answered::success(json!(attempts)).with("page_size", json!(PAGE_SIZE)).with("next_start_key", json!(next))
}
