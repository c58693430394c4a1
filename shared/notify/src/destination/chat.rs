//! What Mattermost and Rocket.Chat have in common: Slack's older attachments.

use serde_json::{Value, json};

use crate::message::{self, Message};
use crate::text::{Markup, Room, fit};

/// The fields of an attachment, each value within `room`.
pub(super) fn fields(message: &Message, room: Room, markup: Markup) -> Vec<Value> {
    let short = |field: message::Field| json!({ "title": field.name, "value": fit(&field.value, room, markup), "short": true });
    message::fields(message).into_iter().map(short).collect()
}
