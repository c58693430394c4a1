//! Which event a payload is: by what it holds, or else by the hook that the webhook's URI names.

use super::occurrence::Occurrence;
use super::table::Row;
use super::{Payload, channel, notifications, others};
use crate::{Rejection, SourceConfiguration};

/// Finds the row for `payload`. The order of the attempts matters: shapes overlap, and the first match counts.
pub(super) fn recognise<'a>(
    payload: &'a Payload,
    configuration: &SourceConfiguration,
) -> Result<Occurrence<'a>, Rejection> {
    by_content(payload)
        .or_else(|| by_hook(payload, configuration))
        .or_else(|| stranger(payload))
        .map(|(event, row)| Occurrence { payload, event, row })
        .ok_or_else(unrecognised)
}

/// The event's name in lower case, and what it means.
type Recognised = (String, &'static Row);

fn by_content(payload: &Payload) -> Option<Recognised> {
    channel(payload)
        .or_else(|| notification(payload))
        .or_else(|| parking(payload))
        .or_else(|| stream(payload))
        .or_else(|| object(payload))
        .or_else(|| message(payload))
        .or_else(|| callflow_action(payload))
}

fn channel(payload: &Payload) -> Option<Recognised> {
    let event = payload.name("hook_event")?;
    is_channel(&event).then(|| (event.clone(), channel::row(&event)))
}

fn is_channel(name: &str) -> bool {
    name.starts_with("channel_") || name == "cdr"
}

fn notification(payload: &Payload) -> Option<Recognised> {
    let event = payload.event_name()?;
    let row = notifications::row(&event);
    if row.is_none() && !is_notification(payload) {
        return None;
    }
    let is_preview = payload.is_true("preview");
    let row = if is_preview { &notifications::TEMPLATE_PREVIEW } else { row.unwrap_or(&others::UNKNOWN) };
    Some((event, row))
}

fn is_notification(payload: &Payload) -> bool {
    payload.text("event_category").is_some_and(|category| category.eq_ignore_ascii_case("notification"))
}

fn parking(payload: &Payload) -> Option<Recognised> {
    let event = payload.event_name()?;
    event.starts_with("park_").then_some((event, &others::PARKING_EVENT))
}

fn stream(payload: &Payload) -> Option<Recognised> {
    let event = payload.event_name()?;
    matches!(event.as_str(), "stream_start" | "stream_stop").then_some((event, &others::STREAM_EVENT))
}

fn object(payload: &Payload) -> Option<Recognised> {
    let action = payload.name("action")?;
    let names_object = payload.text("type").is_some() && payload.text("id").is_some();
    (action.starts_with("doc_") && names_object).then_some((action, &others::OBJECT_EVENT))
}

fn message(payload: &Payload) -> Option<Recognised> {
    let sent_type = payload.text("type").map(|sent| sent.to_ascii_lowercase());
    let message_type = sent_type.filter(|sent| is_message_hook(sent));
    let has_content = ["body", "origin"].iter().any(|key| payload.fields.contains_key(*key));
    let is_inbound = payload.is_enveloped() && payload.event_name().is_some_and(|name| name == "inbound");
    if !is_inbound && (message_type.is_none() || !has_content) {
        return None;
    }
    let by_hook = || payload.hook().filter(|hook| is_message_hook(hook));
    Some((message_type.or_else(by_hook).unwrap_or_else(|| "inbound".to_owned()), &others::MESSAGE_EVENT))
}

fn is_message_hook(hook: &str) -> bool {
    matches!(hook, "sms" | "mms")
}

fn callflow_action(payload: &Payload) -> Option<Recognised> {
    let comes_from_switch = payload.first_text(&["switch_hostname", "request_user"]).is_some();
    (payload.text("call_id").is_some() && comes_from_switch)
        .then(|| (others::CALLFLOW_ACTION.event.to_owned(), &others::CALLFLOW_ACTION))
}

/// The shape that the hook's name promises, if what identifies it is there.
fn by_hook(payload: &Payload, configuration: &SourceConfiguration) -> Option<Recognised> {
    let hook = payload.hook()?;
    let (name, row) = match hook.as_str() {
        "parking" => (payload.event_name(), &others::PARKING_EVENT),
        "stream" => (payload.event_name(), &others::STREAM_EVENT),
        "object" => (payload.name("action"), &others::OBJECT_EVENT),
        hook if is_message_hook(hook) => (None, &others::MESSAGE_EVENT),
        hook if is_channel(hook) => (None, channel::row(hook)),
        _ => return None,
    };
    let occurrence = Occurrence { payload, event: name.unwrap_or(hook), row };
    occurrence.events(configuration).is_ok().then_some((occurrence.event, row))
}

/// Something of KAZOO's that is newer than this file: an account, and any name for what happened.
fn stranger(payload: &Payload) -> Option<Recognised> {
    payload.account()?;
    let event = payload.any_name().or_else(|| payload.hook())?;
    Some((event, &others::UNKNOWN))
}

fn unrecognised() -> Rejection {
    Rejection::new(
        "unrecognised",
        "nothing in the request says which event of KAZOO's it is: \
         add `?hook=` with the hook's name to the webhook's URI",
    )
}
