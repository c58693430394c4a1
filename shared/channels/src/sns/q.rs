//! The [custom notifications](https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html) of Amazon Q Developer
//! in chat applications, which drops anything else without a word.

use serde_json::{Map, Value, json};

use crate::json::pruned;
use crate::layout::Layout;
use crate::slack;
use crate::text::{Markup, Room, fit};
use crate::wording::{Wording, optional_line};
use crate::{Notification, Subject};

/// Our cuts: the lengths are not published.
const TITLE: Room = Room::units(250);
const DESCRIPTION: Room = Room::units(3000);
const LISTED: Room = Room::units(300);
const MOST_STEPS: usize = 5;

const LAYOUT: Layout = Layout {
    markup: Markup::Slack,
    title: TITLE,
    value: Room::units(300),
    fact: |name, value| format!("*{name}*: {value}"),
    link: |link| slack::link(link).1,
};

/// The document of `notification`; its version is a text.
pub(super) fn document(notification: &Notification, wording: &Wording) -> Value {
    let title = LAYOUT.title(wording);
    let steps: Vec<_> = wording.links.iter().take(MOST_STEPS).map(|link| slack::link(link).1).collect();
    let (source, resource) = match &notification.subject {
        Subject::Alert(subject) => (Some(subject.alert.source.as_str()), subject.alert.resource.as_deref()),
        Subject::Group(group) => {
            let label = |name: &str| group.labels.get(name).map(String::as_str);
            (label("source"), label("resource"))
        }
    };
    let listed = |text| optional_line(text).map(|text| vec![fit(&text, LISTED, Markup::Slack)]);
    pruned(json!({
        "version": "1.0",
        "source": "custom",
        "id": notification.id,
        "content": {
            "textType": "client-markdown",
            "title": title,
            "description": description(wording, &title),
            "nextSteps": (!steps.is_empty()).then_some(steps),
            "keywords": listed(source),
        },
        "metadata": {
            "threadId": notification.group,
            "summary": title,
            "eventType": "alert",
            "relatedResources": listed(resource),
            "additionalContext": context(notification),
            "enableCustomActions": true,
        },
    }))
}

/// Explanation, list and facts; never empty.
fn description(wording: &Wording, title: &str) -> String {
    let without_links = Wording { links: Vec::new(), ..wording.clone() };
    let text = LAYOUT.details(&without_links, DESCRIPTION);
    if text.is_empty() { title.to_owned() } else { text }
}

fn context(notification: &Notification) -> Map<String, Value> {
    let context = [
        ("severity", notification.severity().as_str()),
        ("status", if notification.event.is_end() { "resolved" } else { "firing" }),
        ("transition", notification.event.as_str()),
    ];
    context.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}
