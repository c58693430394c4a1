//! Each limit at its boundary: what just fits is sent whole, and what is one longer is cut to exactly the limit.

use alert::Alert;
use notify::{Kind, Message};
use serde_json::{Value, json};

use crate::stand_in::{alert, body, deliver, destination, message_of, server, success};

/// What stands before every title.
const STATE: &str = "[CRITICAL] ";

/// A text of a message, where a destination of some type puts it, and how many UTF-16 code units it may have there.
struct Place {
    kind: &'static str,
    text: Text,
    pointer: &'static str,
    limit: usize,
}

/// A text of a message.
#[derive(Debug, Clone, Copy)]
enum Text {
    /// The alert's title, without the state before it.
    Title,
    /// The same, where the state stands before it.
    TitleLine,
    Summary,
    Resource,
    Note,
}

const fn place(kind: &'static str, text: Text, pointer: &'static str, limit: usize) -> Place {
    Place { kind, text, pointer, limit }
}

const PLACES: [Place; 15] = [
    place("discord", Text::TitleLine, "/embeds/0/title", 256),
    place("discord", Text::Summary, "/embeds/0/description", 4096),
    place("discord", Text::Resource, "/embeds/0/fields/0/value", 1024),
    place("pagerduty", Text::TitleLine, "/payload/summary", 1024),
    place("pagerduty", Text::Resource, "/payload/source", 1024),
    place("slack", Text::TitleLine, "/text", 3000),
    place("slack", Text::Summary, "/attachments/0/blocks/0/text/text", 3000),
    place("opsgenie", Text::TitleLine, "/message", 130),
    place("opsgenie", Text::Summary, "/description", 15_000),
    place("opsgenie", Text::Resource, "/entity", 512),
    place("opsgenie", Text::Note, "/note", 25_000),
    place("mattermost", Text::Summary, "/attachments/0/text", 7000),
    place("rocketchat", Text::TitleLine, "/text", 4000),
    place("rocketchat", Text::Title, "/attachments/0/title", 1024),
    place("rocketchat", Text::Summary, "/attachments/0/text", 4000),
];

impl Text {
    /// What stands before it.
    const fn prefix(self) -> &'static str {
        if matches!(self, Self::TitleLine) { STATE } else { "" }
    }

    /// A message whose text is `text`, and that has no link, which would take room.
    fn of(self, text: &str) -> Message {
        let alert = Alert { url: None, ..alert() };
        let some = Some(text.to_owned());
        match self {
            Self::Title | Self::TitleLine => {
                message_of(Kind::Opened, Alert { title: text.to_owned(), ..alert })
            }
            Self::Summary => message_of(Kind::Opened, Alert { summary: some, ..alert }),
            Self::Resource => message_of(Kind::Opened, Alert { resource: some, ..alert }),
            Self::Note => Message { note: some, ..message_of(Kind::Acknowledged, alert) },
        }
    }
}

impl Place {
    /// What arrives of `text`, without what stands before it.
    async fn shown(&self, text: &str) -> String {
        let server = server(success(self.kind)).await;
        let destination = destination(self.kind, &server.uri(), &json!({}));
        deliver(&destination, &self.text.of(text)).await;
        let body = body(&server.received_requests().await.unwrap()[0]);
        let whole = body.pointer(self.pointer).and_then(Value::as_str).unwrap_or_default();
        whole.strip_prefix(self.text.prefix()).unwrap().to_owned()
    }

    fn room(&self) -> usize {
        self.limit - self.text.prefix().len()
    }
}

#[tokio::test]
async fn what_just_fits_is_whole_and_what_is_one_longer_is_cut_to_the_limit() {
    for place in PLACES {
        let room = place.room();
        let whole = "x".repeat(room);
        assert_eq!(place.shown(&whole).await, whole, "{} {}", place.kind, place.pointer);
        let cut = format!("{}…", "x".repeat(room - 1));
        let shown = place.shown(&"x".repeat(room + 1)).await;
        assert_eq!(shown, cut, "{} {}: {} units", place.kind, place.pointer, shown.len());
    }
}

#[tokio::test]
async fn a_character_of_two_units_at_the_boundary_is_left_out_whole() {
    for place in PLACES {
        let room = place.room();
        // The last character has one unit inside the limit, and one outside.
        let odd = format!("{}🔔x", "x".repeat(room - 2));
        let cut = format!("{}…", "x".repeat(room - 2));
        assert_eq!(place.shown(&odd).await, cut, "{} {}", place.kind, place.pointer);
        let even = format!("{}🔔", "x".repeat(room - 2));
        assert_eq!(place.shown(&even).await, even, "{} {}", place.kind, place.pointer);
    }
}

#[tokio::test]
async fn an_escape_at_the_boundary_is_left_out_whole() {
    for (kind, text, pointer, limit, raw, escaped) in [
        ("discord", Text::TitleLine, "/embeds/0/title", 256, "*", "\\*"),
        ("slack", Text::Summary, "/attachments/0/blocks/0/text/text", 3000, "&", "&amp;"),
        ("mattermost", Text::Summary, "/attachments/0/text", 7000, "*", "\\*"),
        ("rocketchat", Text::Summary, "/attachments/0/text", 4000, "@", "@\u{200B}"),
    ] {
        let place = place(kind, text, pointer, limit);
        let before = place.room() - escaped.encode_utf16().count();
        let fits = format!("{}{raw}", "x".repeat(before));
        let expected = format!("{}{escaped}", "x".repeat(before));
        assert_eq!(place.shown(&fits).await, expected, "{kind}");
        let cut = format!("{}{raw}", "x".repeat(before + 1));
        let expected = format!("{}…", "x".repeat(before + 1));
        assert_eq!(place.shown(&cut).await, expected, "{kind}");
    }
}

#[tokio::test]
async fn discords_description_takes_what_all_texts_together_leave() {
    let long = Some("x".repeat(1024));
    let alert = Alert {
        url: None,
        resource: long.clone(),
        service: long.clone(),
        value: long,
        summary: Some("y".repeat(4096)),
        ..alert()
    };
    let server = server(success("discord")).await;
    let destination = destination("discord", &server.uri(), &json!({}));
    deliver(&destination, &message_of(Kind::Opened, alert)).await;
    let body = body(&server.received_requests().await.unwrap()[0]);
    let embed = &body["embeds"][0];
    let units = |value: &Value| value.as_str().unwrap().encode_utf16().count();
    let of_field = |field: &Value| units(&field["name"]) + units(&field["value"]);
    let fields: usize = embed["fields"].as_array().unwrap().iter().map(of_field).sum();
    let together =
        units(&embed["title"]) + units(&embed["description"]) + units(&embed["footer"]["text"]) + fields;
    assert_eq!(together, 6000);
    assert!(embed["description"].as_str().unwrap().ends_with('…'));
}
