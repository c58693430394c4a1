//! The one embed of a message, filled within [Discord's
//! limits](https://docs.discord.com/developers/resources/message#embed-object-embed-limits).

use serde_json::{Value, json};

use crate::message::{self, Field, Message};
use crate::shade::Shade;
use crate::text::{self, Markup, Room, fit};

const TITLE_UNITS: usize = 256;
const VALUE_UNITS: usize = 1024;
const DESCRIPTION_UNITS: usize = 4096;
/// All texts of all embeds together.
const EMBED_UNITS: usize = 6000;
const FOOTER: &str = "Campanile";

/// Title, footer and fields first; the description takes what room is left.
pub(super) fn embed(message: &Message) -> Value {
    let title = message::title(message, Room::units(TITLE_UNITS), Markup::Discord);
    let fields: Vec<_> = message::fields(message).iter().map(escaped).collect();
    let used = text::units(&title) + text::units(FOOTER) + fields.iter().map(units).sum::<usize>();
    let room = EMBED_UNITS.saturating_sub(used).min(DESCRIPTION_UNITS);
    let description = message::summary(message).map(|text| fit(&text, Room::units(room), Markup::Discord));
    let fields: Vec<_> =
        fields.into_iter().map(|field| json!({ "name": field.name, "value": field.value })).collect();
    json!({
        "title": title,
        "url": message::link(message),
        "description": description,
        "color": Shade::of(message).number(),
        "timestamp": message.occurred_at().to_string(),
        "fields": fields,
        "footer": { "text": FOOTER },
    })
}

fn escaped(field: &Field) -> Field {
    Field { name: field.name, value: fit(&field.value, Room::units(VALUE_UNITS), Markup::Discord) }
}

fn units(field: &Field) -> usize {
    text::units(field.name) + text::units(&field.value)
}
