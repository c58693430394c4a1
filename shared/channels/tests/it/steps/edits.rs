//! Chats whose messages change.

use channels::testing::{channel, notification};
use channels::{Channel, Event, Memory, Probe, Verdict};
use serde_json::{Value, json};

use super::Run;

const SAVED: (u16, &str) = (200, r#"{"id":"701","channel_id":"600"}"#);

fn discord(more: &Value) -> std::sync::Arc<dyn Channel> {
    channel("discord", "https://vendor.example.com", more)
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
    for (event, unknown) in
        [(Event::Updated, unknown), (Event::Resolved, unknown), (Event::Updated, (404, ""))]
    {
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

const TAKEN: (u16, &str) = (200, r#"{"ok":true,"result":{"message_id":43}}"#);

fn refused(description: &str) -> String {
    format!(r#"{{"ok":false,"error_code":400,"description":"Bad Request: {description}"}}"#)
}

fn telegram() -> std::sync::Arc<dyn Channel> {
    channel("telegram", "https://vendor.example.com", &json!({}))
}

#[test]
fn telegram_edits_its_message_and_replies_with_what_must_reach_people() {
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
    for description in [
        "can't parse entities: unsupported start tag",
        "BUTTON_URL_INVALID",
        "wrong HTTP URL specified",
        "inline keyboard button URL 'x' is invalid: unsupported URL protocol",
    ] {
        let unreadable = refused(description);
        let mut run = Run::of(&*telegram, &opened);
        assert_eq!(run.attempt(&[(400, &unreadable), (400, &unreadable)]), Verdict::Failed, "{description}");
        assert_eq!(run.bodies.len(), 2, "{description}");
        assert_eq!((run.bodies[1].get("parse_mode"), run.bodies[1].get("reply_markup")), (None, None));
    }
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
fn a_slack_bot_updates_its_message_and_posts_in_the_thread() {
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
