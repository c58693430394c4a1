//! Limits of the vendors, which no text exceeds.

use alert::Alert;
use channels::testing::{AwsStandIn, alert, card_mistakes, channel, group, notification_of, now};
use channels::{Attempt, CHANNEL_TYPES, Event, Next, Notification, Request, Subject, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::hostile::{alert_of, body, group_of_three};

fn units(value: &Value) -> usize {
    value.as_str().unwrap_or_default().encode_utf16().count()
}

fn json_units(value: &Value) -> usize {
    value.to_string().encode_utf16().count()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn assert_discord(body: &Value) {
    let embed = &body["embeds"][0];
    let fields = items(&embed["fields"]);
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
    let fields = items(&blocks[0]["fields"]);
    assert!(fields.len() <= 10 && fields.iter().all(|field| units(&field["text"]) <= 2000));
}

fn assert_opsgenie(body: &Value) {
    assert!((1..=130).contains(&units(&body["message"])) && units(&body["description"]) <= 15_000);
    assert!(units(&body["entity"]) <= 512 && units(&body["alias"]) <= 512 && units(&body["source"]) <= 100);
    let tags = items(&body["tags"]);
    assert!(tags.len() <= 20 && tags.iter().all(|tag| (1..=50).contains(&units(tag))), "{tags:?}");
    let details = body["details"].as_object().unwrap();
    let sum: usize = details.iter().map(|(name, value)| name.encode_utf16().count() + units(value)).sum();
    assert!(sum <= 8000, "{sum}");
}

fn assert_mattermost(body: &Value) {
    let attachments = &body["attachments"];
    assert!(json_units(attachments) <= 7900, "{}", json_units(attachments));
    assert!(units(&attachments[0]["text"]) <= 7000);
}

fn assert_rocketchat(body: &Value) {
    let attachment = &body["attachments"][0];
    assert!(units(&body["text"]) <= 4000 && units(&attachment["text"]) <= 4000);
    assert!(units(&attachment["title"]) <= 1024);
}

fn assert_pagerduty(body: &Value) {
    assert!((1..=1024).contains(&units(&body["payload"]["summary"])));
    assert!(units(&body["payload"]["source"]) > 0 && (1..=255).contains(&units(&body["dedup_key"])));
    assert!(body.to_string().len() <= 512_000);
}

fn assert_teams(body: &Value) {
    assert_eq!(card_mistakes(body), [] as [String; 0]);
    assert!(body.to_string().len() <= 24_000, "{}", body.to_string().len());
    let card = &body["attachments"][0]["content"];
    assert!(items(&card["actions"]).len() <= 6);
    assert!(
        items(&items(&card["body"]).last().unwrap()["facts"]).iter().all(|fact| units(&fact["value"]) > 0)
    );
}

/// Of Telegram every tag and entity must be whole: what is left without our tags holds no bare sign.
fn assert_telegram(body: &Value) {
    let text = body["text"].as_str().unwrap();
    let mut bare = text.to_owned();
    for tag in ["<b>", "</b>", "<a href=\"", "\">", "</a>"] {
        bare = bare.replace(tag, "");
    }
    assert!(
        !bare.contains(['<', '>']) && text.matches("<b>").count() == text.matches("</b>").count(),
        "{text}"
    );
    assert!(units(&body["text"]) <= 4096, "{}", units(&body["text"]));
}

fn bytes(value: &Value) -> usize {
    value.as_str().unwrap_or_default().len()
}

fn assert_wecom(body: &Value) {
    let content = &body["markdown"]["content"];
    assert!((1..=4096).contains(&bytes(content)), "{}", bytes(content));
    let text = content.as_str().unwrap();
    assert_eq!((text.matches("<font ").count(), text.matches("</font>").count()), (1, 1), "{text}");
}

fn assert_dingtalk(body: &Value) {
    assert!(body.to_string().len() <= 15_000, "{}", body.to_string().len());
    assert!(bytes(&body["markdown"]["title"]) > 0 && bytes(&body["markdown"]["text"]) > 0);
}

fn assert_feishu(body: &Value) {
    assert!(body.to_string().len() <= 18_500, "{}", body.to_string().len());
}

fn assert_ntfy(body: &Value) {
    assert!((1..=1024).contains(&bytes(&body["title"])) && (1..=4096).contains(&bytes(&body["message"])));
    assert!(items(&body["actions"]).len() <= 3);
}

/// A mail's subject has no limit of the vendor's; ours is what readers show.
fn assert_email(input: &Value) {
    let subject = &input["Content"]["Simple"]["Subject"]["Data"];
    assert!((1..=200).contains(&units(subject)), "{}", units(subject));
}

/// Of Amazon Q the lengths are our own, as none are published.
fn assert_q(input: &Value) {
    let parts: Value = serde_json::from_str(input["Message"].as_str().unwrap()).unwrap();
    let document: Value = serde_json::from_str(parts["https"].as_str().unwrap()).unwrap();
    let content = &document["content"];
    assert!((1..=250).contains(&units(&content["title"])) && units(&document["metadata"]["summary"]) <= 250);
    assert!((1..=3000).contains(&units(&content["description"])), "{}", units(&content["description"]));
    assert!(items(&content["nextSteps"]).len() <= 5 && bytes(&parts["sms"]) <= 1600);
}

/// Of SNS, EventBridge and SES the stand-in knows the limits.
fn assert_taken_by_aws(type_name: &str, more: &Value, notification: &Notification) {
    let channel = channel(type_name, "", more);
    let attempt = Attempt::first("ops", notification, now());
    let Some(Request::Aws { service, input }) = channel.request(&attempt) else { unreachable!("by AWS") };
    assert!(input.to_string().len() <= 450_000, "{type_name}: {}", input.to_string().len());
    let answer = AwsStandIn::default().answer(service, &input);
    let next = channel.interpret(&attempt, &Ok(answer.clone())).next;
    assert_eq!(next, Next::End(Verdict::Sent), "{type_name}: {}", answer.text());
}

/// Of a type that is not named here nobody has looked up the limits.
fn assert_limits_of(type_name: &str, notification: &Notification) {
    let plain = json!({});
    let body = || body(type_name, &plain, notification);
    match type_name {
        "discord" => assert_discord(&body()),
        "pagerduty" => assert_pagerduty(&body()),
        "slack" | "slack_bot" => assert_slack(&body()),
        "opsgenie" | "jsm" => assert_opsgenie(&body()),
        "mattermost" => assert_mattermost(&body()),
        "rocketchat" => assert_rocketchat(&body()),
        // It has none of a vendor; how many alerts it names is its own.
        "webhook" => assert!(body().is_object()),
        "teams" => assert_teams(&body()),
        "telegram" => assert_telegram(&body()),
        "wecom" => assert_wecom(&body()),
        "dingtalk" => assert_dingtalk(&body()),
        "feishu" => assert_feishu(&body()),
        "ntfy" => assert_ntfy(&body()),
        // Text is a part of `q`.
        "sns" => {
            for format in ["text", "json", "q"] {
                assert_taken_by_aws("sns", &json!({ "format": format }), notification);
            }
            assert_q(&crate::hostile::body("sns", &json!({ "format": "q" }), notification));
        }
        "eventbridge" => assert_taken_by_aws(type_name, &plain, notification),
        "email" => {
            for subject in ["constant", "state"] {
                let more = json!({ "subject": subject });
                assert_taken_by_aws("email", &more, notification);
                assert_email(&crate::hostile::body("email", &more, notification));
            }
        }
        other => unreachable!("no limits of {other}"),
    }
}

fn assert_limits(notification: &Notification) {
    for channel_type in CHANNEL_TYPES {
        assert_limits_of(channel_type.name, notification);
    }
}

#[test]
fn no_limit_is_exceeded_by_huge_texts() {
    for part in ["x", "&", "<", "\"", "\\", "@", "*", "🔔", "\n", "\"\n", "字 ", "👨‍👩‍👧"] {
        let mut huge = alert_of(&part.repeat(6_000));
        let many = |index: usize| (format!("label{index}"), part.repeat(2_000));
        huge.labels.extend((0..32).map(many));
        huge.annotations.extend((0..32).map(many));
        assert_limits(&group_of_three(&huge));
        let mut notification = notification_of(Event::Deescalated, huge);
        notification.is_first = true;
        if let Subject::Alert(subject) = &mut notification.subject {
            subject.flapped = u64::MAX;
            subject.by = Some(part.repeat(5_000));
            subject.note = Some(part.repeat(5_000));
        }
        assert_limits(&notification);
    }
}

#[test]
fn the_longest_link_leaves_room_for_the_explanation() {
    let url = format!("https://example.com/?{}", "\\".repeat(1_970));
    let summary = Some("\"".repeat(6_000));
    let alert = Alert { url: Some(url), summary, ..alert_of(&"\"".repeat(5_000)) };
    let notification = notification_of(Event::Opened, alert);
    assert_limits(&notification);
    let mattermost = body("mattermost", &json!({}), &notification);
    assert!(units(&mattermost["attachments"][0]["text"]) > 100);
    assert!(mattermost["attachments"][0]["title_link"].is_string());
    let slack = body("slack", &json!({}), &notification);
    let text = slack["attachments"][0]["blocks"][0]["text"]["text"].as_str().unwrap();
    assert!(text.contains("|Open in netdata>") && text.contains("|Acknowledge>"), "{text}");
    assert!(text.starts_with('"'), "{text}");
}

#[test]
fn a_group_is_cut_at_whole_lines_and_says_how_many_are_left_out() {
    let mut notification = group(Event::Opened, 500, 10);
    if let Subject::Group(group) = &mut notification.subject {
        for alert in &mut group.alerts {
            alert.title = format!("{} {}", alert.title, "_".repeat(400));
        }
    }
    assert_limits(&notification);
    for (type_name, place) in [
        ("discord", "/embeds/0/description"),
        ("slack", "/attachments/0/blocks/0/text/text"),
        ("mattermost", "/attachments/0/text"),
        ("rocketchat", "/attachments/0/text"),
        ("opsgenie", "/description"),
        ("wecom", "/markdown/content"),
        ("dingtalk", "/markdown/text"),
        ("feishu", "/card/elements/0/text/content"),
        ("ntfy", "/message"),
        ("sns", "/Message"),
        ("email", "/Content/Simple/Body/Text/Data"),
        ("jsm", "/description"),
        ("slack_bot", "/attachments/0/blocks/0/text/text"),
        ("telegram", "/text"),
        ("teams", "/attachments/0/content/body/1/text"),
    ] {
        let body = body(type_name, &json!({}), &notification);
        let text = body.pointer(place).and_then(Value::as_str).unwrap();
        let parts: Value = serde_json::from_str(text).unwrap_or_default();
        let text = parts["default"].as_str().unwrap_or(text);
        let lines: Vec<_> = text.lines().filter(|line| line.starts_with('•')).collect();
        let more = format!("and {} more", 500 - lines.len());
        assert!(lines.len() > 2 && text.lines().any(|line| line == more), "{type_name}: {text}");
        assert!(
            lines.iter().all(|line| line.ends_with('…') || line.ends_with("%)") || line.ends_with("%\\)"))
        );
    }
}

#[test]
fn characters_of_three_bytes_are_cut_to_the_limit_in_bytes() {
    for (type_name, place, most) in [
        ("wecom", "/markdown/content", 4096),
        ("dingtalk", "/markdown/text", 7000),
        ("ntfy", "/message", 4000),
        ("feishu", "/card/elements/0/text/content", 12_000),
    ] {
        let body = body(type_name, &json!({}), &with("summary", "字".repeat(9_000)));
        let text = body.pointer(place).and_then(Value::as_str).unwrap();
        assert!(
            (most - 8..=most).contains(&text.len()) && text.contains("字…"),
            "{type_name}: {}",
            text.len()
        );
    }
}

#[test]
fn an_event_too_large_loses_texts_and_then_alerts_and_says_so() {
    let mut notification = group(Event::Opened, 100, 100);
    if let Subject::Group(group) = &mut notification.subject {
        for alert in &mut group.alerts {
            alert.labels.extend((0..64).map(|index| (format!("label{index}"), "🔔".repeat(2_048))));
        }
    }
    let input = body("eventbridge", &json!({}), &notification);
    let detail: Value = serde_json::from_str(input["Entries"][0]["Detail"].as_str().unwrap()).unwrap();
    let (named, more) = (items(&detail["data"]["alerts"]).len(), detail["data"]["more"].as_u64().unwrap());
    assert!(detail.to_string().len() <= 200_000 && named > 0);
    assert_eq!(named as u64 + more, 100);
    assert_eq!(detail["data"]["alerts"][0]["severity"], "critical");
}

#[test]
fn details_too_large_for_pagerduty_are_replaced_by_a_note() {
    let mut huge = alert();
    huge.labels.extend((0..64).map(|index| (format!("label{index}"), "🔔".repeat(2_048))));
    let body = body("pagerduty", &json!({}), &notification_of(Event::Opened, huge));
    let note = "the details were too large for PagerDuty and were left out by Campanile";
    assert_eq!(body["payload"]["custom_details"], json!({ "note": note }));
}

/// A text of a notification, where a destination of some type puts it, and how many code units it may have there.
const PLACES: [(&str, &str, &str, usize); 17] = [
    ("discord", "title", "/embeds/0/title", 256),
    ("discord", "summary", "/embeds/0/description", 4096),
    ("pagerduty", "title", "/payload/summary", 1024),
    ("slack", "title", "/text", 3000),
    ("slack", "summary", "/attachments/0/blocks/0/text/text", 3000),
    ("opsgenie", "title", "/message", 130),
    ("opsgenie", "summary", "/description", 15_000),
    ("mattermost", "summary", "/attachments/0/text", 7000),
    ("rocketchat", "title", "/text", 4000),
    ("rocketchat", "summary", "/attachments/0/text", 4000),
    ("opsgenie", "resource", "/entity", 512),
    ("jsm", "title", "/message", 130),
    ("jsm", "summary", "/description", 15_000),
    ("jsm", "resource", "/entity", 512),
    ("slack_bot", "title", "/text", 3000),
    ("slack_bot", "summary", "/attachments/0/blocks/0/text/text", 3000),
    ("teams", "summary", "/attachments/0/content/body/1/text", 8000),
];

fn with(text: &str, value: String) -> Notification {
    let plain = Alert {
        url: None,
        value: None,
        service: None,
        resource: None,
        annotations: channels::testing::labels(&[]),
        ..alert()
    };
    let alert = match text {
        "title" => Alert { title: value, ..plain },
        "summary" => Alert { summary: Some(value), ..plain },
        _ => Alert { resource: Some(value), title: "t".to_owned(), ..plain },
    };
    Notification { links: channels::Links::default(), ..notification_of(Event::Opened, alert) }
}

#[test]
fn what_just_fits_is_sent_whole_and_what_is_longer_is_cut_to_the_limit() {
    for (type_name, text, place, limit) in PLACES {
        let limit = if text == "title" { limit - "[CRITICAL] ".len() } else { limit };
        for (length, is_whole) in [(limit, true), (limit + 1, false)] {
            let body = body(type_name, &json!({}), &with(text, "a".repeat(length)));
            let shown = body.pointer(place).and_then(Value::as_str).unwrap();
            let shown = shown.strip_prefix("[CRITICAL] ").unwrap_or(shown);
            assert_eq!(shown.encode_utf16().count(), limit, "{type_name} {text}");
            assert_eq!(!shown.ends_with('…'), is_whole, "{type_name} {text}");
        }
    }
}

#[test]
fn a_mail_s_subject_is_cut_with_what_stands_before_the_title() {
    for (subject, before) in [("constant", "[Campanile] "), ("state", "[Campanile] [CRITICAL] ")] {
        let left = 200 - before.len();
        for (length, is_whole) in [(left, true), (left + 1, false)] {
            let more = json!({ "subject": subject });
            let input = body("email", &more, &with("title", "a".repeat(length)));
            let shown = input["Content"]["Simple"]["Subject"]["Data"].as_str().unwrap();
            assert!(shown.starts_with(before), "{shown}");
            assert_eq!(shown.encode_utf16().count(), 200, "{subject}");
            assert_eq!(!shown.ends_with('…'), is_whole, "{subject}");
        }
    }
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
        assert_limits(&group_of_three(&alert));
        assert_limits(&notification_of(Event::Opened, alert));
    }
}
