//! The [adaptive card](https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-format)
//! of a notification.

use alert::Severity;
use serde_json::{Value, json};

use crate::json::pruned;
use crate::text::{Markup, Room, fit, guard_lines};
use crate::wording::{Link, Wording};
use crate::{Event, Notification};

/// Our cut of the whole message: the documented 28 KB less what Teams adds.
const MESSAGE_BYTES: usize = 24_000;
const TEXT_UNITS: usize = 8000;
const TITLE_UNITS: usize = 500;
const VALUE_UNITS: usize = 300;
/// Most bytes of all buttons.
const BUTTONS_BYTES: usize = 8000;

/// The message: if it is too large, its text is cut first.
pub(super) fn message(notification: &Notification) -> Value {
    let wording = Wording::of(notification);
    let message = with_text(notification, &wording, TEXT_UNITS);
    let excess = message.to_string().len().saturating_sub(MESSAGE_BYTES);
    if excess == 0 {
        return message;
    }
    // Every code unit has at least one byte, so this many fewer are enough.
    let text = text(&wording, TEXT_UNITS).unwrap_or_default();
    with_text(notification, &wording, crate::text::units(&text).saturating_sub(excess))
}

fn with_text(notification: &Notification, wording: &Wording, text_units: usize) -> Value {
    let title = format!("[{}] {}", wording.state, wording.title);
    let facts: Vec<_> = wording
        .facts
        .iter()
        .map(|fact| json!({ "title": fact.name, "value": shown(&fact.value.plain(), VALUE_UNITS) }))
        .collect();
    let parts = [
        Some(json!({
            "type": "TextBlock", "text": shown(&title, TITLE_UNITS), "weight": "Bolder", "size": "Medium",
            "color": colour(notification), "wrap": true,
        })),
        text(wording, text_units).map(|text| json!({ "type": "TextBlock", "text": text, "wrap": true })),
        (!facts.is_empty()).then(|| json!({ "type": "FactSet", "facts": facts })),
    ];
    let buttons = buttons(wording);
    let card = pruned(json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": { "width": "full" },
        "body": parts.into_iter().flatten().collect::<Vec<_>>(),
        "actions": (!buttons.is_empty()).then_some(buttons),
    }));
    let content_type = "application/vnd.microsoft.card.adaptive";
    json!({
        "type": "message",
        "summary": fit(&title, Room::units(TITLE_UNITS), Markup::MattermostPlain),
        "attachments": [{ "contentType": content_type, "contentUrl": null, "content": card }],
    })
}

/// Explanation and list.
fn text(wording: &Wording, units: usize) -> Option<String> {
    let mut guarded = wording.clone();
    guarded.explanation = guard_lines(&wording.explanation);
    guarded.body(Room::units(units), Markup::Teams, &[])
}

fn shown(text: &str, units: usize) -> String {
    fit(&guard_lines(text), Room::units(units), Markup::Teams)
}

/// The links that have room, the important ones before others.
fn buttons(wording: &Wording) -> Vec<Value> {
    let mut by_importance: Vec<&Link> = wording.links.iter().collect();
    by_importance.sort_by_key(|link| link.kind);
    let mut left = BUTTONS_BYTES;
    let mut kept = Vec::new();
    for link in by_importance {
        let button = json!({ "type": "Action.OpenUrl", "title": link.label, "url": link.url });
        if let Some(rest) = left.checked_sub(button.to_string().len()) {
            left = rest;
            kept.push(button);
        }
    }
    kept
}

/// Teams has words for colours.
fn colour(notification: &Notification) -> &'static str {
    match notification.event {
        Event::Resolved => "good",
        Event::Expired => "default",
        _ => match notification.severity() {
            Severity::Critical | Severity::High => "attention",
            Severity::Warning => "warning",
            Severity::Low => "accent",
            Severity::Info => "default",
        },
    }
}
