//! Deliveries that fail, what is remembered of them, and the hook that they switch off.

use crate::Clock;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::envelope::Answered;
use super::state::{Crossbar, Seen};

const FAILURES_TO_DISABLE: usize = 6;

impl Crossbar {
    /// Has KAZOO deliver an event of the hook `id`, which is answered with `status`; nothing where it is off.
    pub fn deliver(&mut self, id: &str, status: u16) {
        let now = self.clock.now();
        let hook = self.hooks.get_mut(id).unwrap();
        if hook.document.get("enabled") == Some(&json!(false)) || status == 200 {
            return;
        }
        self.attempts.push(json!({
            "hook_id": id, "hook_event": hook.document["hook"], "uri": hook.document["uri"], "method": "post",
            "req_headers": { "X-Hook-ID": id }, "req_body": "{\"hook_event\":\"channel_destroy\"}",
            "result": "failure", "reason": "bad response code", "resp_status_code": status.to_string(),
            "resp_body": "{\"error\":{\"code\":\"unauthorized\"}}", "retries_left": 2,
            "timestamp": self.clock.gregorian()
        }));
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
    let (Some(from), Some(to)) = (bound("created_from"), bound("created_to")) else {
        return Answered::invalid("created_from", "required", "give a range", &Value::Null);
    };
    let within = |attempt: &&Value| (from..=to).contains(&attempt["timestamp"].as_i64().unwrap());
    let of_hook = |attempt: &&Value| hook.is_none_or(|id| attempt["hook_id"] == id);
    // Newest first, like every view of Crossbar by time.
    let attempts: Vec<_> = crossbar.attempts.iter().filter(within).filter(of_hook).rev().collect();
    Answered::success(json!(attempts))
}
