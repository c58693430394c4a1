//! Notifications of several requests: what is asked next, what is remembered, where a retry begins.

use channels::testing::{channel, notification, now};
use channels::{
    Attempt, Channel, Event, Interpretation, Memory, Next, Notification, Probe, Progress, Request, Verdict,
};
use http::HeaderMap;
use jiff::SignedDuration;
use net::HttpAnswer;
use serde_json::{Value, json};

/// Makes attempts as the engine does: what an answer taught is known to the next request.
struct Run<'a> {
    channel: &'a dyn Channel,
    notification: &'a Notification,
    memory: Memory,
    shared_memory: Memory,
    progress: Progress,
    asked: Vec<String>,
    waits: Vec<i64>,
    bodies: Vec<Value>,
}

impl<'a> Run<'a> {
    fn of(channel: &'a dyn Channel, notification: &'a Notification) -> Self {
        Self {
            channel,
            notification,
            memory: Memory::default(),
            shared_memory: Memory::default(),
            progress: Progress::default(),
            asked: Vec::new(),
            waits: Vec::new(),
            bodies: Vec::new(),
        }
    }

    fn remembering(mut self, memory: Value) -> Self {
        self.memory = Memory(memory);
        self
    }

    fn sharing(mut self, memory: Value) -> Self {
        self.shared_memory = Memory(memory);
        self
    }

    /// One attempt whose requests are answered with `answers`.
    fn attempt(&mut self, answers: &[(u16, &str)]) -> Verdict {
        for (status, body) in answers {
            let interpretation = self.step(*status, body);
            match interpretation.next {
                Next::Request { progress, wait } => {
                    self.progress = progress;
                    self.waits.push(wait.as_secs());
                }
                Next::End(verdict) => {
                    if let Verdict::Retry { from, .. } = &verdict {
                        self.progress = from.clone();
                    }
                    return verdict;
                }
            }
        }
        unreachable!("more is asked: {:?}", self.asked)
    }

    fn step(&mut self, status: u16, body: &str) -> Interpretation {
        let attempt = Attempt {
            progress: self.progress.clone(),
            memory: &self.memory,
            shared_memory: &self.shared_memory,
            ..Attempt::first("ops", self.notification, now())
        };
        let Some(Request::Http(request)) = self.channel.request(&attempt) else {
            unreachable!("everything here is told over HTTP")
        };
        let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let group = &self.notification.group;
        let path = request.url.path().replace(group.as_str(), "ALIAS");
        self.asked.push(format!("{} {path}{query}", request.method));
        self.bodies.push(serde_json::from_slice(&request.body).unwrap_or_default());
        let answer = HttpAnswer::new(status, HeaderMap::new(), body);
        let interpretation = self.channel.interpret(&attempt, &Ok(answer));
        if let Some(memory) = &interpretation.memory {
            self.memory = memory.clone();
        }
        if let Some(memory) = &interpretation.shared_memory {
            self.shared_memory = memory.clone();
        }
        interpretation
    }
}

const ACCEPTED: (u16, &str) = (202, r#"{"result":"Request will be processed","requestId":"r-1"}"#);
const PENDING: (u16, &str) = (404, r#"{"message":"Request not found. It might not be processed, yet."}"#);
const DONE: (u16, &str) = (200, r#"{"data":{"success":true,"isSuccess":true,"status":"Created alert"}}"#);
const MISSING: (u16, &str) = (200, r#"{"data":{"success":false,"status":"Alert does not exist"}}"#);
const SAVED: (u16, &str) = (200, r#"{"id":"701","channel_id":"600"}"#);

fn opsgenie() -> std::sync::Arc<dyn Channel> {
    channel("opsgenie", "https://vendor.example.com", &json!({}))
}

fn discord(more: &Value) -> std::sync::Arc<dyn Channel> {
    channel("discord", "https://vendor.example.com", more)
}

#[test]
fn opsgenie_is_asked_what_became_of_a_create() {
    let (opsgenie, opened) = (opsgenie(), notification(Event::Opened));
    let mut run = Run::of(&*opsgenie, &opened);
    assert_eq!(run.attempt(&[ACCEPTED, PENDING, PENDING, DONE]), Verdict::Sent);
    let look = "GET /v2/alerts/requests/r-1";
    assert_eq!(run.asked, ["POST /v2/alerts", look, look, look]);
    assert_eq!(run.waits, [1, 2, 4]);
    assert_eq!(run.memory, Memory(json!({ "created_at": now().to_string() })));
}

#[test]
fn a_create_that_stays_pending_is_looked_up_by_the_schedule_and_not_sent_again() {
    let (opsgenie, opened) = (opsgenie(), notification(Event::Opened));
    let mut run = Run::of(&*opsgenie, &opened);
    let verdict = run.attempt(&[ACCEPTED, PENDING, PENDING, PENDING, PENDING]);
    assert!(matches!(verdict, Verdict::Retry { wait: None, .. }));
    assert_eq!(run.attempt(&[(503, ""), DONE]), Verdict::Retry { from: run.progress.clone(), wait: None });
    assert_eq!(run.attempt(&[DONE]), Verdict::Sent);
    assert_eq!(run.asked.iter().filter(|asked| asked.starts_with("POST")).count(), 1);
}

#[test]
fn a_create_that_was_discarded_has_failed_unless_it_says_another_reason() {
    let refused = |status: &str| format!(r#"{{"data":{{"success":false,"status":"{status}"}}}}"#);
    for (status, verdict) in [
        ("Alert will not be processed", Verdict::Failed),
        ("Responder team does not exist", Verdict::Failed),
        ("", Verdict::Failed),
        ("Alert is already open", Verdict::Sent),
        ("Could not process, please try again", Verdict::Retry { from: Progress::default(), wait: None }),
    ] {
        let (opsgenie, opened) = (opsgenie(), notification(Event::Opened));
        let mut run = Run::of(&*opsgenie, &opened);
        assert_eq!(run.attempt(&[ACCEPTED, (200, &refused(status))]), verdict, "{status}");
    }
}

#[test]
fn a_key_that_may_not_look_is_no_reason_to_hold_what_was_accepted() {
    for event in [Event::Opened, Event::Resolved] {
        let (opsgenie, notification) = (opsgenie(), notification(event));
        assert_eq!(Run::of(&*opsgenie, &notification).attempt(&[ACCEPTED, (403, "")]), Verdict::Sent);
    }
}

#[test]
fn a_change_creates_first_and_then_updates() {
    for event in [Event::Escalated, Event::Deescalated] {
        let (opsgenie, changed) = (opsgenie(), notification(event));
        let mut run = Run::of(&*opsgenie, &changed);
        let accepted = [ACCEPTED, DONE, ACCEPTED, ACCEPTED, ACCEPTED];
        assert_eq!(run.attempt(&accepted), Verdict::Sent);
        assert_eq!(
            run.asked,
            [
                "POST /v2/alerts",
                "GET /v2/alerts/requests/r-1",
                "PUT /v2/alerts/ALIAS/priority?identifierType=alias",
                "PUT /v2/alerts/ALIAS/message?identifierType=alias",
                "PUT /v2/alerts/ALIAS/description?identifierType=alias",
            ]
        );
    }
}

#[test]
fn an_update_that_fails_is_resumed_where_it_was() {
    let (opsgenie, changed) = (opsgenie(), notification(Event::Escalated));
    let mut run = Run::of(&*opsgenie, &changed);
    assert!(matches!(run.attempt(&[ACCEPTED, DONE, ACCEPTED, (500, "")]), Verdict::Retry { .. }));
    assert_eq!(run.attempt(&[ACCEPTED, ACCEPTED]), Verdict::Sent);
    assert_eq!(run.asked.iter().filter(|asked| asked.contains("/message")).count(), 2);
}

#[test]
fn a_close_that_overtakes_its_create_is_made_again() {
    let (opsgenie, resolved) = (opsgenie(), notification(Event::Resolved));
    let mut run = Run::of(&*opsgenie, &resolved).remembering(json!({ "created_at": now().to_string() }));
    assert_eq!(run.attempt(&[ACCEPTED, MISSING, ACCEPTED, DONE]), Verdict::Sent);
    let close = "POST /v2/alerts/ALIAS/close?identifierType=alias";
    let look = "GET /v2/alerts/requests/r-1";
    assert_eq!(run.asked, [close, look, close, look]);
    assert_eq!(run.waits, [1, 5, 1]);
    assert_eq!(run.memory, Memory::default());
}

#[test]
fn a_close_is_made_four_times_at_most_and_once_where_the_create_is_long_ago() {
    let (opsgenie, resolved) = (opsgenie(), notification(Event::Resolved));
    let mut run = Run::of(&*opsgenie, &resolved).remembering(json!({ "created_at": now().to_string() }));
    let pair = [ACCEPTED, MISSING];
    assert_eq!(run.attempt(&[pair, pair, pair, pair].concat()), Verdict::Sent);
    let long_ago = now().checked_sub(SignedDuration::from_secs(61)).unwrap();
    let mut run = Run::of(&*opsgenie, &resolved).remembering(json!({ "created_at": long_ago.to_string() }));
    assert_eq!(run.attempt(&pair), Verdict::Sent);
}

#[test]
fn an_update_or_close_of_what_is_not_there_has_failed() {
    let opsgenie = opsgenie();
    for event in [Event::Resolved, Event::Acknowledged, Event::Unacknowledged] {
        let notification = notification(event);
        assert_eq!(Run::of(&*opsgenie, &notification).attempt(&[(404, "")]), Verdict::Failed, "{event:?}");
    }
}

#[test]
fn pagerduty_is_not_told_that_an_acknowledgement_was_withdrawn() {
    let pagerduty = channel("pagerduty", "https://vendor.example.com", &json!({}));
    let withdrawn = notification(Event::Unacknowledged);
    assert_eq!(pagerduty.request(&Attempt::first("ops", &withdrawn, now())), None);
}

#[test]
fn discord_edits_its_message_where_nothing_is_worse() {
    let discord = discord(&json!({}));
    for event in [Event::Updated, Event::Deescalated, Event::Acknowledged, Event::Unacknowledged] {
        let notification = notification(event);
        let mut run = Run::of(&*discord, &notification).remembering(json!({ "message": "700" }));
        assert_eq!(run.attempt(&[SAVED]), Verdict::Sent);
        assert_eq!(run.asked, ["PATCH /hooks/0123456789secret/messages/700?wait=true"], "{event:?}");
        assert_eq!(run.bodies[0].get("username"), None);
    }
}

#[test]
fn discord_posts_what_people_must_hear_of() {
    let discord = discord(&json!({}));
    for event in [Event::Opened, Event::Reopened, Event::Escalated, Event::Reminder] {
        let notification = notification(event);
        let mut run = Run::of(&*discord, &notification).remembering(json!({ "message": "700" }));
        assert_eq!(run.attempt(&[SAVED]), Verdict::Sent);
        assert_eq!(run.asked, ["POST /hooks/0123456789secret?wait=true"], "{event:?}");
        assert_eq!(run.memory, Memory(json!({ "message": "701" })));
    }
}

#[test]
fn discord_edits_and_posts_an_end() {
    let (discord, resolved) = (discord(&json!({})), notification(Event::Resolved));
    let mut run = Run::of(&*discord, &resolved).remembering(json!({ "message": "700" }));
    assert_eq!(run.attempt(&[SAVED, SAVED]), Verdict::Sent);
    let (edit, post) =
        ("PATCH /hooks/0123456789secret/messages/700?wait=true", "POST /hooks/0123456789secret?wait=true");
    assert_eq!(run.asked, [edit, post]);
    assert_eq!(run.memory, Memory::default());
    let mut run = Run::of(&*discord, &resolved).remembering(json!({ "message": "700" }));
    assert!(matches!(run.attempt(&[SAVED, (500, "")]), Verdict::Retry { .. }));
    assert_eq!(run.attempt(&[SAVED]), Verdict::Sent);
    assert_eq!(run.asked, [edit, post, post]);
}

#[test]
fn a_discord_message_that_was_deleted_is_posted_anew() {
    let discord = discord(&json!({}));
    let unknown = (404, r#"{"message":"Unknown Message","code":10008}"#);
    for event in [Event::Updated, Event::Resolved] {
        let notification = notification(event);
        let mut run = Run::of(&*discord, &notification).remembering(json!({ "message": "700" }));
        assert_eq!(run.attempt(&[unknown, SAVED]), Verdict::Sent);
        assert_eq!(run.asked[1], "POST /hooks/0123456789secret?wait=true");
    }
}

#[test]
fn the_first_message_of_a_forum_makes_the_thread_of_all() {
    let forum = discord(&json!({ "channel_type": "forum", "thread_name": "Alerts", "thread_tags": ["9"] }));
    assert_eq!(forum.concurrency(), 1);
    let opened = notification(Event::Opened);
    let mut run = Run::of(&*forum, &opened);
    assert_eq!(run.attempt(&[SAVED]), Verdict::Sent);
    assert_eq!(
        (&run.bodies[0]["thread_name"], &run.bodies[0]["applied_tags"]),
        (&json!("Alerts"), &json!(["9"]))
    );
    assert_eq!(run.shared_memory, Memory(json!({ "thread": "600" })));
    assert_eq!(run.attempt(&[SAVED]), Verdict::Sent);
    assert_eq!(run.asked[1], "POST /hooks/0123456789secret?wait=true&thread_id=600");
    assert_eq!(run.bodies[1].get("thread_name"), None);
}

#[test]
fn a_thread_that_is_gone_is_made_once_more() {
    let forum = discord(&json!({ "channel_type": "forum", "thread_name": "Alerts" }));
    let opened = notification(Event::Opened);
    for code in [10003, 160_005] {
        let gone = format!(r#"{{"code":{code}}}"#);
        let mut run = Run::of(&*forum, &opened).sharing(json!({ "thread": "500" }));
        assert_eq!(run.attempt(&[(404, &gone), SAVED]), Verdict::Sent);
        assert_eq!(run.asked[1], "POST /hooks/0123456789secret?wait=true");
        assert_eq!(run.shared_memory, Memory(json!({ "thread": "600" })));
        let mut run = Run::of(&*forum, &opened);
        assert_eq!(run.attempt(&[(404, &gone)]), Verdict::Suspended(Probe::Hourly));
    }
}

#[test]
fn an_alertmanager_webhook_remembers_the_labels_that_it_announced() {
    let webhook = channel("webhook", "https://vendor.example.com", &json!({ "body": "alertmanager" }));
    let opened = notification(Event::Deescalated);
    let mut run = Run::of(&*webhook, &opened);
    assert_eq!(run.attempt(&[(200, "")]), Verdict::Sent);
    assert_eq!(run.memory.0["announced"]["severity"], "warning");
    let worse = notification(Event::Escalated);
    let mut run = Run::of(&*webhook, &worse).remembering(run.memory.0);
    assert_eq!(run.attempt(&[(200, "")]), Verdict::Sent);
    let alerts = run.bodies[0]["alerts"].as_array().unwrap();
    let said: Vec<_> = alerts.iter().map(|alert| (&alert["status"], &alert["labels"]["severity"])).collect();
    assert_eq!(said, [(&json!("firing"), &json!("critical")), (&json!("resolved"), &json!("warning"))]);
}

fn jsm() -> std::sync::Arc<dyn Channel> {
    channel("jsm", "https://vendor.example.com/jsm/ops/integration", &json!({}))
}

#[test]
fn jsm_is_told_of_a_change_by_a_note_after_a_create() {
    let jsm = jsm();
    let create = "POST /jsm/ops/integration/v2/alerts";
    let look = "GET /jsm/ops/integration/v2/alerts/requests/r-1";
    let note = "POST /jsm/ops/integration/v2/alerts/ALIAS/notes?identifierType=alias";
    for event in [Event::Escalated, Event::Deescalated] {
        let changed = notification(event);
        let mut run = Run::of(&*jsm, &changed);
        assert_eq!(run.attempt(&[ACCEPTED, PENDING, DONE, ACCEPTED]), Verdict::Sent);
        assert_eq!(run.asked, [create, look, look, note]);
        assert!(run.bodies[3]["note"].as_str().unwrap().contains(" → "));
    }
    let opened = notification(Event::Opened);
    let mut run = Run::of(&*jsm, &opened);
    assert_eq!(run.attempt(&[ACCEPTED, DONE]), Verdict::Sent);
    assert_eq!(run.asked, [create, look]);
}

#[test]
fn jsm_need_not_know_how_to_withdraw_an_acknowledgement() {
    let (jsm, withdrawn) = (jsm(), notification(Event::Unacknowledged));
    for (status, verdict) in [
        (202, Verdict::Sent),
        (400, Verdict::Sent),
        (404, Verdict::Sent),
        (405, Verdict::Sent),
        (401, Verdict::Suspended(Probe::Hourly)),
        (403, Verdict::Suspended(Probe::Hourly)),
    ] {
        assert_eq!(Run::of(&*jsm, &withdrawn).attempt(&[(status, "")]), verdict, "{status}");
    }
    let acknowledged = notification(Event::Acknowledged);
    assert_eq!(Run::of(&*jsm, &acknowledged).attempt(&[(404, "")]), Verdict::Failed);
}

#[test]
fn a_discarded_create_of_jsm_has_failed_and_a_close_waits_for_its_create() {
    let (jsm, opened, resolved) = (jsm(), notification(Event::Opened), notification(Event::Resolved));
    assert_eq!(Run::of(&*jsm, &opened).attempt(&[ACCEPTED, MISSING]), Verdict::Failed);
    let mut run = Run::of(&*jsm, &resolved).remembering(json!({ "created_at": now().to_string() }));
    assert_eq!(run.attempt(&[ACCEPTED, MISSING, ACCEPTED, DONE]), Verdict::Sent);
}

const TAKEN: (u16, &str) = (200, r#"{"ok":true,"result":{"message_id":43}}"#);

fn refused(description: &str) -> String {
    format!(r#"{{"ok":false,"error_code":400,"description":"Bad Request: {description}"}}"#)
}

fn telegram() -> std::sync::Arc<dyn Channel> {
    channel("telegram", "https://vendor.example.com", &json!({}))
}

#[test]
fn telegram_edits_its_message_and_replies_with_what_people_must_be_told() {
    let telegram = telegram();
    for (event, methods) in [
        (Event::Opened, &["sendMessage"][..]),
        (Event::Updated, &["editMessageText"]),
        (Event::Acknowledged, &["editMessageText"]),
        (Event::Escalated, &["editMessageText", "sendMessage"]),
        (Event::Reminder, &["editMessageText", "sendMessage"]),
        (Event::Resolved, &["editMessageText", "sendMessage"]),
    ] {
        let notification = notification(event);
        let mut run = Run::of(&*telegram, &notification).remembering(json!({ "message": 42 }));
        assert_eq!(run.attempt(&vec![TAKEN; methods.len()]), Verdict::Sent);
        let asked: Vec<_> = run.asked.iter().map(|asked| asked.rsplit('/').next().unwrap()).collect();
        assert_eq!(asked, methods, "{event:?}");
        let is_reply = methods.len() == 2;
        assert_eq!(run.bodies.last().unwrap()["reply_parameters"]["message_id"] == 42, is_reply, "{event:?}");
        let message = match event {
            Event::Opened => json!({ "message": 43 }),
            Event::Resolved => Value::Null,
            _ => json!({ "message": 42 }),
        };
        assert_eq!(run.memory.0, message, "{event:?}");
    }
}

#[test]
fn a_telegram_message_that_cannot_be_edited_is_sent_anew() {
    let (telegram, updated) = (telegram(), notification(Event::Updated));
    for description in ["message to edit not found", "message can't be edited"] {
        let mut run = Run::of(&*telegram, &updated).remembering(json!({ "message": 42 }));
        assert_eq!(run.attempt(&[(400, &refused(description)), TAKEN]), Verdict::Sent);
        assert!(run.asked[1].ends_with("/sendMessage") && run.bodies[1].get("reply_parameters").is_none());
        assert_eq!(run.memory, Memory(json!({ "message": 43 })));
    }
    let mut run = Run::of(&*telegram, &updated).remembering(json!({ "message": 42 }));
    assert_eq!(run.attempt(&[(400, &refused("message is not modified"))]), Verdict::Sent);
}

#[test]
fn what_telegram_cannot_read_is_sent_once_more_as_plain_text() {
    let (telegram, opened) = (telegram(), notification(Event::Opened));
    let unreadable = refused("can't parse entities: unsupported start tag");
    let mut run = Run::of(&*telegram, &opened);
    assert_eq!(run.attempt(&[(400, &unreadable), TAKEN]), Verdict::Sent);
    assert_eq!(run.bodies[0]["parse_mode"], "HTML");
    assert_eq!(run.bodies[1].get("parse_mode"), None);
    assert!(!run.bodies[1]["text"].as_str().unwrap().contains("<b>"));
    assert_eq!(
        Run::of(&*telegram, &opened).attempt(&[(400, &unreadable), (400, &unreadable)]),
        Verdict::Failed
    );
}

#[test]
fn a_telegram_group_that_became_a_supergroup_is_followed() {
    let (telegram, updated) = (telegram(), notification(Event::Updated));
    let moved = r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-100987}}"#;
    let mut run = Run::of(&*telegram, &updated).remembering(json!({ "message": 42 }));
    assert_eq!(run.attempt(&[(400, moved), TAKEN]), Verdict::Sent);
    assert!(run.asked[1].ends_with("/sendMessage"));
    assert_eq!(
        (&run.bodies[0]["chat_id"], &run.bodies[1]["chat_id"]),
        (&json!("-1001234567890"), &json!("-100987"))
    );
    let elsewhere = json!({ "from": "-5", "to": -6 });
    let mut run = Run::of(&*telegram, &updated).sharing(elsewhere);
    assert_eq!(run.attempt(&[TAKEN]), Verdict::Sent);
    assert_eq!(run.bodies[0]["chat_id"], "-1001234567890");
}

const POSTED: (u16, &str) = (200, r#"{"ok":true,"channel":"C1","ts":"2.000001"}"#);

fn slack_bot() -> std::sync::Arc<dyn Channel> {
    channel("slack_bot", "https://vendor.example.com", &json!({}))
}

#[test]
fn a_slack_bot_updates_its_message_and_tells_in_the_thread() {
    let slack_bot = slack_bot();
    let known = json!({ "channel": "C1", "ts": "1.000001" });
    for (event, methods, broadcast) in [
        (Event::Opened, &["chat.postMessage"][..], Value::Null),
        (Event::Updated, &["chat.update"], Value::Null),
        (Event::Acknowledged, &["chat.update"], Value::Null),
        (Event::Escalated, &["chat.update", "chat.postMessage"], json!(true)),
        (Event::Deescalated, &["chat.update", "chat.postMessage"], json!(false)),
        (Event::Resolved, &["chat.update", "chat.postMessage"], json!(false)),
    ] {
        let notification = notification(event);
        let mut run = Run::of(&*slack_bot, &notification).remembering(known.clone());
        assert_eq!(run.attempt(&vec![POSTED; methods.len()]), Verdict::Sent);
        let asked: Vec<_> = run.asked.iter().map(|asked| asked.rsplit('/').next().unwrap()).collect();
        assert_eq!(asked, methods, "{event:?}");
        let last = run.bodies.last().unwrap();
        assert_eq!(last["reply_broadcast"], broadcast, "{event:?}");
        assert_eq!(last["thread_ts"] == "1.000001", methods.len() == 2, "{event:?}");
        let memory = match event {
            Event::Opened => json!({ "channel": "C1", "ts": "2.000001" }),
            Event::Resolved => Value::Null,
            _ => known.clone(),
        };
        assert_eq!(run.memory.0, memory, "{event:?}");
    }
}

#[test]
fn a_slack_message_that_cannot_be_updated_is_posted_anew() {
    let (slack_bot, updated) = (slack_bot(), notification(Event::Updated));
    for word in ["message_not_found", "cant_update_message", "edit_window_closed"] {
        let gone = format!(r#"{{"ok":false,"error":"{word}"}}"#);
        let mut run =
            Run::of(&*slack_bot, &updated).remembering(json!({ "channel": "C1", "ts": "1.000001" }));
        assert_eq!(run.attempt(&[(200, &gone), POSTED]), Verdict::Sent);
        assert_eq!(run.bodies[1].get("thread_ts"), None);
        assert_eq!(run.memory, Memory(json!({ "channel": "C1", "ts": "2.000001" })));
    }
}
