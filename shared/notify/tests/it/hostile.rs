//! Texts that try to be more than texts.

use std::fmt::Write;

use alert::Alert;
use notify::{Kind, Message};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::stand_in::{alert, body, deliver, destination, labels, message_of, server, success};

const CHATS: [&str; 4] = ["discord", "slack", "mattermost", "rocketchat"];

/// An alert whose every text is `text`.
fn alert_of(text: &str) -> Alert {
    let text = text.to_owned();
    Alert {
        title: text.clone(),
        summary: Some(text.clone()),
        resource: Some(text.clone()),
        service: Some(text.clone()),
        value: Some(text.clone()),
        account: text.clone(),
        url: Some(format!("https://example.com/{text}")),
        labels: labels(&[("alertname", &text), ("rooms", &text)]),
        annotations: labels(&[("info", &text)]),
        ..alert()
    }
}

async fn sent(kind: &str, more: &Value, message: &Message) -> Value {
    let server = server(success(kind)).await;
    let destination = destination(kind, &server.uri(), more);
    deliver(&destination, message).await;
    body(&server.received_requests().await.unwrap()[0])
}

async fn sent_of(kind: &str, text: &str) -> Value {
    sent(kind, &json!({}), &message_of(Kind::Opened, alert_of(text))).await
}

/// Every text in `value`, but for URLs.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !name.contains("url") && !name.contains("link"))
            .flat_map(|(_, member)| texts(member))
            .collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn markup_and_mentions_are_shown_and_not_obeyed() {
    let hostile = "<!channel> <@U1> @here @all [x](http://evil.example) **b** `c` ~s~ # h | a\\b & <b>";
    let mut shown = String::new();
    for kind in CHATS {
        let body = sent_of(kind, hostile).await;
        writeln!(shown, "{kind} {body:#}").unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[tokio::test]
async fn no_chat_is_sent_a_mention() {
    let hostile = "@all @here @channel @ada <!channel> <!here> <!subteam^S1> <@U1> <userid> @everyone";
    for kind in ["mattermost", "rocketchat"] {
        for text in texts(&sent_of(kind, hostile).await) {
            let is_armed =
                |sign: char| text.match_indices(sign).any(|(at, _)| !text[at + 1..].starts_with('\u{200B}'));
            assert!(!is_armed('@') && !is_armed('<'), "{kind}: {text}");
        }
    }
    let slack = sent_of("slack", hostile).await;
    for text in texts(&slack) {
        let links = text.matches("<https://example.com/").count();
        assert_eq!(text.matches('<').count(), links, "{text}");
    }
    assert_eq!(sent_of("discord", hostile).await["allowed_mentions"], json!({ "parse": [] }));
}

#[tokio::test]
async fn controls_and_tricks_with_the_direction_of_writing_are_dropped() {
    let hostile = "a\u{0}b\u{1b}[31m\r\nc\u{202E}d\u{2066}e\u{7f}\u{9b}f\u{2069}";
    for kind in CHATS.into_iter().chain(["pagerduty", "opsgenie", "webhook"]) {
        let mut body = sent_of(kind, hostile).await;
        // Labels and annotations are handed on as data.
        body["payload"]["custom_details"]["labels"].take();
        body["payload"]["custom_details"]["annotations"].take();
        for text in texts(&body) {
            let is_forbidden =
                |c: char| (c.is_control() && c != '\n') || "\u{202E}\u{2066}\u{2069}".contains(c);
            assert!(!text.contains(is_forbidden), "{kind}: {text:?}");
        }
    }
}

#[tokio::test]
async fn a_title_stays_on_one_line() {
    for (kind, place) in [
        ("discord", "/embeds/0/title"),
        ("pagerduty", "/payload/summary"),
        ("slack", "/text"),
        ("opsgenie", "/message"),
        ("mattermost", "/attachments/0/title"),
        ("rocketchat", "/text"),
        ("webhook", "/message"),
    ] {
        let body = sent_of(kind, "one\ntwo").await;
        assert_eq!(body.pointer(place), Some(&json!("[CRITICAL] one two")), "{kind}");
    }
}

#[tokio::test]
async fn a_link_that_is_none_is_left_out() {
    for url in [
        "javascript:alert(1)",
        "/relative",
        "data:text/html,x",
        "ftp://example.com/",
        "https://",
        "not a url",
        "",
    ] {
        let message = message_of(Kind::Opened, Alert { url: Some(url.to_owned()), ..alert() });
        assert_eq!(sent("discord", &json!({}), &message).await["embeds"][0].get("url"), None, "{url}");
        assert_eq!(sent("pagerduty", &json!({}), &message).await.get("links"), None, "{url}");
        assert_eq!(sent("rocketchat", &json!({}), &message).await["attachments"][0].get("title_link"), None);
        assert_eq!(sent("webhook", &json!({}), &message).await["alert_url"], "", "{url}");
    }
}

#[tokio::test]
async fn a_link_cannot_break_out_of_slacks() {
    let url = "https://example.com/a|b>c?d=e|f>g<h&i#j|k>l";
    let message = message_of(Kind::Opened, Alert { url: Some(url.to_owned()), summary: None, ..alert() });
    let body = sent("slack", &json!({}), &message).await;
    assert_eq!(
        body["attachments"][0]["blocks"][0]["text"]["text"],
        "<https://example.com/a%7Cb%3Ec?d=e%7Cf%3Eg%3Ch&amp;i#j%7Ck%3El|Open in netdata>"
    );
}

fn units(value: &Value) -> usize {
    value.as_str().unwrap_or_default().encode_utf16().count()
}

fn json_units(value: &Value) -> usize {
    value.to_string().encode_utf16().count()
}

fn assert_discord(body: &Value) {
    let embed = &body["embeds"][0];
    let fields = embed["fields"].as_array().unwrap();
    assert!(units(&embed["title"]) <= 256 && units(&embed["description"]) <= 4096 && fields.len() <= 25);
    let mut sum = units(&embed["title"]) + units(&embed["description"]) + units(&embed["footer"]["text"]);
    for field in fields {
        assert!((1..=256).contains(&units(&field["name"])) && (1..=1024).contains(&units(&field["value"])));
        sum += units(&field["name"]) + units(&field["value"]);
    }
    assert!(sum <= 6000, "{sum}");
}

fn assert_slack(body: &Value) {
    let blocks = &body["attachments"][0]["blocks"];
    assert!(units(&body["text"]) <= 3000 && json_units(blocks) <= 13_200, "{}", json_units(blocks));
    assert!(units(&blocks[0]["text"]["text"]) <= 3000);
    let fields = blocks[0]["fields"].as_array().unwrap();
    assert!(fields.len() <= 10 && fields.iter().all(|field| units(&field["text"]) <= 2000));
}

fn assert_opsgenie(body: &Value) {
    assert!((1..=130).contains(&units(&body["message"])) && units(&body["description"]) <= 15_000);
    assert!(units(&body["entity"]) <= 512);
    let details = body["details"].as_object().unwrap();
    let sum: usize = details.iter().map(|(name, value)| name.encode_utf16().count() + units(value)).sum();
    assert!(sum <= 8000, "{sum}");
}

fn assert_mattermost(body: &Value) {
    assert!(json_units(&body["attachments"]) <= 7900, "{}", json_units(&body["attachments"]));
    assert!(units(&body["attachments"][0]["text"]) <= 7000);
}

fn assert_rocketchat(body: &Value) {
    let attachment = &body["attachments"][0];
    assert!(
        units(&body["text"]) <= 4000
            && units(&attachment["text"]) <= 4000
            && units(&attachment["title"]) <= 1024
    );
}

fn assert_pagerduty(body: &Value) {
    assert!((1..=1024).contains(&units(&body["payload"]["summary"])));
    assert!(body.to_string().len() <= 512_000);
}

async fn assert_limits(message: &Message) {
    let plain = json!({});
    assert_discord(&sent("discord", &plain, message).await);
    assert_slack(&sent("slack", &plain, message).await);
    assert_opsgenie(&sent("opsgenie", &plain, message).await);
    assert_mattermost(&sent("mattermost", &plain, message).await);
    assert_rocketchat(&sent("rocketchat", &plain, message).await);
    assert_pagerduty(&sent("pagerduty", &plain, message).await);
}

#[tokio::test]
async fn no_limit_is_exceeded_by_huge_texts() {
    for part in ["x", "&", "<", "\"", "\\", "@", "*", "🔔", "\n", "\"\n", "字 ", "👨‍👩‍👧"] {
        let mut huge = alert_of(&part.repeat(40_000));
        let many = |index: usize| (format!("label{index}"), part.repeat(2_000));
        huge.labels.extend((0..64).map(many));
        huge.annotations.extend((0..64).map(many));
        let message = Message { flapped: u64::MAX, ..message_of(Kind::Deescalated, huge) };
        assert_limits(&Message { is_first: true, ..message }).await;
    }
}

#[tokio::test]
async fn the_longest_link_leaves_room_for_the_summary() {
    let url = format!("https://example.com/?{}", "\\".repeat(1_970));
    let alert = Alert { url: Some(url), ..alert_of(&"\"".repeat(5_000)) };
    let message = message_of(Kind::Opened, alert);
    assert_limits(&message).await;
    let body = sent("mattermost", &json!({}), &message).await;
    assert!(units(&body["attachments"][0]["text"]) > 100);
    assert!(body["attachments"][0]["title_link"].is_string());
    let body = sent("slack", &json!({}), &message).await;
    let text = body["attachments"][0]["blocks"][0]["text"]["text"].as_str().unwrap();
    assert!(text.ends_with("|Open in netdata>") && text.starts_with('"'));
}

#[tokio::test]
async fn details_too_large_for_pagerduty_are_replaced_by_a_note() {
    let mut huge = alert();
    huge.labels.extend((0..64).map(|index| (format!("label{index}"), "🔔".repeat(2_048))));
    let body = sent("pagerduty", &json!({}), &message_of(Kind::Opened, huge)).await;
    let details = &body["payload"]["custom_details"];
    assert_eq!(
        details,
        &json!({ "note": "the details were too large for PagerDuty and were left out by Campanile" })
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_limit_is_exceeded_by_arbitrary_texts(
        texts in prop::collection::vec(prop_oneof![".{0,64}", "[<>&@\"\\\\*_\n🔔]{0,3000}"], 7),
    ) {
        let text = |index: usize| texts[index].clone();
        let alert = Alert {
            title: text(0),
            summary: Some(text(1)),
            resource: Some(text(2)),
            service: Some(text(3)),
            value: Some(text(4)),
            account: text(5),
            url: Some(format!("https://example.com/{}", text(6))),
            ..alert()
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(assert_limits(&message_of(Kind::Opened, alert)));
    }
}
