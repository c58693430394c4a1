//! Texts that try to be more than texts.

use std::fmt::Write as _;

use alert::Alert;
use channels::testing::{alert, channel, group_of, labels, notification_of, now};
use channels::{Attempt, CHANNEL_TYPES, Event, Notification, Request, Subject};
use serde_json::{Value, json};

/// An alert whose every text is `text`.
pub(crate) fn alert_of(text: &str) -> Alert {
    let text = text.to_owned();
    Alert {
        title: text.clone(),
        summary: Some(text.clone()),
        resource: Some(text.clone()),
        service: Some(text.clone()),
        value: Some(text.clone()),
        account: text.clone(),
        url: Some(format!("https://example.com/{text}")),
        labels: labels(&[("alertname", &text), ("rooms", &text), (&text, "a label's value")]),
        annotations: labels(&[("info", &text), ("threshold", &text), (&text, &text)]),
        ..alert()
    }
}

/// A notification of a group of three such alerts.
pub(crate) fn group_of_three(alert: &Alert) -> Notification {
    let firing = [(alert.severity, 3)].into_iter().collect();
    let mut notification = group_of(Event::Opened, vec![alert.clone(); 3], firing, 10);
    if let Subject::Group(group) = &mut notification.subject {
        group.labels.insert("instance".to_owned(), alert.title.clone());
        group.labels.insert(alert.title.clone(), alert.title.clone());
        group.labels.remove("resource");
    }
    notification
}

/// What a destination of type `type_name` is sent; null where it is sent nothing.
pub(crate) fn body(type_name: &str, more: &Value, notification: &Notification) -> Value {
    let channel = channel(type_name, "https://vendor.example.com", more);
    match channel.request(&Attempt::first("ops", notification, now())) {
        Some(Request::Http(request)) => serde_json::from_slice(&request.body).unwrap(),
        Some(Request::Aws { input, .. }) => input,
        None => Value::Null,
    }
}

/// What every type is sent of an alert whose texts are `text`, and of a group of three such alerts.
fn everything(text: &str) -> Vec<(String, Value)> {
    let alert = alert_of(text);
    let mut bodies = Vec::new();
    for notification in [notification_of(Event::Opened, alert.clone()), group_of_three(&alert)] {
        for channel_type in CHANNEL_TYPES {
            let body = body(channel_type.name, &json!({}), &notification);
            bodies.push((channel_type.name.to_owned(), body));
        }
        for form in ["alertmanager", "cloudevents"] {
            bodies.push((form.to_owned(), body("webhook", &json!({ "body": form }), &notification)));
        }
        for form in ["json", "q"] {
            bodies.push((format!("sns {form}"), body("sns", &json!({ "format": form }), &notification)));
        }
    }
    bodies
}

/// Every text and name in `value`.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(inner @ Value::Object(_)) => texts(&inner),
            _ => vec![text.clone()],
        },
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => {
            members.iter().flat_map(|(name, member)| [vec![name.clone()], texts(member)].concat()).collect()
        }
        _ => Vec::new(),
    }
}

/// The same without addresses.
fn shown_texts(value: &Value) -> Vec<String> {
    texts(value).into_iter().filter(|text| !text.starts_with("https://")).collect()
}

#[test]
fn markup_and_mentions_are_shown_and_not_obeyed() {
    let hostile = "<!channel> <@U1> @here @all [x](http://evil.example) **b** `c` ~s~ # h | a\\b & <b>";
    let mut shown = String::new();
    let of_chats = [
        "discord",
        "slack",
        "mattermost",
        "rocketchat",
        "wecom",
        "dingtalk",
        "feishu",
        "teams",
        "telegram",
        "slack_bot",
        "email",
    ];
    for type_name in of_chats {
        let body = body(type_name, &json!({}), &notification_of(Event::Opened, alert_of(hostile)));
        writeln!(shown, "{type_name} {body:#}").unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn no_chat_is_sent_a_mention() {
    let hostile =
        "@all @here @channel @ada <at>ada</at> <!channel> <!here> <!subteam^S1> <@U1> <userid> @everyone";
    for (type_name, body) in everything(hostile) {
        match type_name.as_str() {
            "telegram" => {
                let text = body["text"].as_str().unwrap();
                let shown =
                    text.split(" href=").map(|part| part.split_once('>').map_or(part, |(_, rest)| rest));
                for part in shown {
                    assert!(part.split('@').skip(1).all(|rest| rest.starts_with('\u{200B}')), "{text}");
                }
            }
            "mattermost" | "rocketchat" | "dingtalk" | "feishu" => {
                for text in shown_texts(&body) {
                    let is_armed = |sign: char| {
                        text.match_indices(sign).any(|(at, _)| !text[at + 1..].starts_with('\u{200B}'))
                    };
                    assert!(!is_armed('@') && !is_armed('<'), "{type_name}: {text}");
                }
            }
            "wecom" => {
                let text = body["markdown"]["content"].as_str().unwrap();
                let text = text.replacen("<font color=\"warning\">", "", 1).replacen("</font>", "", 1);
                assert!(text.split('<').skip(1).all(|rest| rest.starts_with('\u{200B}')), "{text}");
                assert!(body["markdown"].get("mentioned_list").is_none());
            }
            "sns q" => {
                let parts: Value = serde_json::from_str(body["Message"].as_str().unwrap()).unwrap();
                let document: Value = serde_json::from_str(parts["https"].as_str().unwrap()).unwrap();
                let content = &document["content"];
                let written = texts(content).into_iter().chain(texts(&document["metadata"]));
                for text in written.filter(|text| !text.starts_with("<https://")) {
                    assert!(!text.contains(['<', '>']), "{text}");
                }
            }
            "email" => {
                let page = body["Content"]["Simple"]["Body"]["Html"]["Data"].as_str().unwrap();
                assert!(!page.contains("<!channel>") && !page.contains("<userid>"), "{page}");
            }
            "slack" | "slack_bot" => {
                for text in shown_texts(&body) {
                    let ours = text.matches("<https://").count() + text.matches("<!date^17").count();
                    assert_eq!(text.matches('<').count(), ours, "{text}");
                }
            }
            "discord" => assert_eq!(body["allowed_mentions"], json!({ "parse": [] })),
            // A mention is a tag with an entry in `msteams.entities`.
            "teams" => {
                let card = &body["attachments"][0]["content"];
                assert!(!body.to_string().contains("<at>") && card["msteams"].get("entities").is_none());
            }
            // Plain text for people who are notified by other means than a mention, or for machines.
            "pagerduty" | "opsgenie" | "jsm" | "ntfy" | "sns" | "sns json" | "eventbridge" | "webhook"
            | "alertmanager" | "cloudevents" => {}
            other => unreachable!("what is a mention in {other}?"),
        }
    }
}

#[test]
fn controls_and_tricks_with_the_direction_of_writing_leave_in_nothing() {
    let hostile = "a\u{0}b\u{1b}[31m\r\nc\u{202E}d\u{2066}e\u{7f}\u{9b}f\u{2069}g\u{61C}h\u{200E}i\u{200F}";
    for (type_name, body) in everything(hostile) {
        for text in texts(&body) {
            let is_forbidden = |c: char| {
                (c.is_control() && c != '\n')
                    || "\u{61C}\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}"
                        .contains(c)
            };
            assert!(!text.contains(is_forbidden), "{type_name}: {text:?}");
        }
    }
}

#[test]
fn a_title_stays_on_one_line() {
    for (type_name, place) in [
        ("discord", "/embeds/0/title"),
        ("pagerduty", "/payload/summary"),
        ("slack", "/text"),
        ("opsgenie", "/message"),
        ("mattermost", "/attachments/0/title"),
        ("rocketchat", "/text"),
        ("webhook", "/message"),
        ("dingtalk", "/markdown/title"),
        ("feishu", "/card/header/title/content"),
        ("ntfy", "/title"),
        ("sns", "/Subject"),
        ("jsm", "/message"),
        ("slack_bot", "/text"),
        ("teams", "/summary"),
    ] {
        let body = body(type_name, &json!({}), &notification_of(Event::Opened, alert_of("one\ntwo")));
        assert_eq!(body.pointer(place), Some(&json!("[CRITICAL] one two")), "{type_name}");
    }
}

#[test]
fn a_link_that_is_none_is_left_out() {
    for url in
        ["javascript:alert(1)", "/relative", "data:text/html,x", "ftp://example.com/", "https://", "no", ""]
    {
        let mut alert = Alert { url: Some(url.to_owned()), ..alert() };
        alert.annotations.insert("runbook_url".to_owned(), url.to_owned());
        let mut notification = notification_of(Event::Opened, alert);
        notification.links = channels::Links::default();
        let is_for_people = |name: &str| !matches!(name, "pagerduty" | "eventbridge");
        for channel_type in CHANNEL_TYPES.iter().filter(|channel_type| is_for_people(channel_type.name)) {
            let body = body(channel_type.name, &json!({}), &notification).to_string();
            assert!(url.is_empty() || url == "no" || !body.contains(url), "{url}: {body}");
            assert!(!body.contains("Open in") && !body.contains("Runbook"), "{url}: {body}");
        }
        assert_eq!(body("pagerduty", &json!({}), &notification).get("links"), None, "{url}");
    }
}

#[test]
fn a_link_cannot_break_out() {
    let url = "https://example.com/a|b>c?d=e|f>g<h&i#j|k>l)m](n";
    let alert = Alert { url: Some(url.to_owned()), summary: None, ..alert() };
    let mut notification = notification_of(Event::Opened, alert);
    notification.links = channels::Links::default();
    let slack = body("slack", &json!({}), &notification);
    let text = slack["attachments"][0]["blocks"][0]["text"]["text"].as_str().unwrap().to_owned();
    assert!(
        text.starts_with(
            "<https://example.com/a%7Cb%3Ec?d=e%7Cf%3Eg%3Ch&amp;i#j%7Ck%3El)m](n|Open in netdata>"
        ),
        "{text}"
    );
    notification.links.console = Some("https://alerts.example.com/?a=(b)&c=[d]@e*f".to_owned());
    for (type_name, place) in [
        ("discord", "/embeds/0/description"),
        ("mattermost", "/attachments/0/text"),
        ("rocketchat", "/attachments/0/text"),
    ] {
        let body = body(type_name, &json!({}), &notification);
        let text = body.pointer(place).and_then(Value::as_str).unwrap();
        let link = "[Open in Campanile](https://alerts.example.com/?a=%28b%29&c=%5Bd%5D%40e%2Af)";
        assert!(text.starts_with(link), "{text}");
    }
}
