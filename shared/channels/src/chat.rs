//! What Slack, Mattermost and Rocket.Chat have in common: a webhook whose answer names no message, so that each
//! notification is a message of its own, and attachments with a colour and fields.

use net::EgressPolicy;
use net::SecretUrl;
use serde_json::{Value, json};

use crate::settings::Fields;
use crate::text::{Markup, Room, fit};
use crate::wording::{Fact, Wording};
use crate::{Deliver, Lifecycle};

/// Of a chat: it is notified of the present state, by adding messages.
pub(crate) const LIFECYCLE: Lifecycle = Lifecycle {
    deliver: Deliver::State,
    opens_incidents: false,
    updates_in_place: false,
    threads: false,
    acknowledges: false,
    unacknowledges: false,
};

/// The setting `webhook_url`, which every chat has.
pub(crate) fn read_webhook_url(
    fields: &mut Fields,
    remedy: &str,
    egress: &EgressPolicy,
) -> Option<SecretUrl> {
    fields.required_url("webhook_url", remedy, egress)
}

/// The fields of an attachment as Mattermost and Rocket.Chat take them, each value within `room`.
pub(crate) fn attachment_fields(wording: &Wording, room: Room) -> Vec<Value> {
    wording.facts.iter().map(|fact| attachment_field(fact, room)).collect()
}

/// One of them.
pub(crate) fn attachment_field(fact: &Fact, room: Room) -> Value {
    let value = fit(&fact.value.plain(), room, Markup::Mattermost);
    json!({ "title": fact.name, "value": value, "short": fact.name != "Labels" && fact.name != "Note" })
}
