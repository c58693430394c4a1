//! The one embed of a message, filled within [Discord's
//! limits](https://docs.discord.com/developers/resources/message#embed-object-embed-limits).

use serde_json::{Value, json};

use crate::json::pruned;
use crate::mattermost::title_link;
use crate::text::{Markup, Room, fit, units};
use crate::wording::{Fact, FactValue, Wording};

const TITLE_UNITS: usize = 256;
const VALUE_UNITS: usize = 1024;
const DESCRIPTION_UNITS: usize = 4096;
/// All texts of all embeds together.
const EMBED_UNITS: usize = 6000;
/// What of it is kept for the description when fields are added.
const DESCRIPTION_LEAST_UNITS: usize = 2000;
const FOOTER: &str = "Campanile";

/// Title, footer and fields first; the description takes what room is left.
pub(super) fn embed(wording: &Wording) -> Value {
    let (title_link, links) = title_link(wording);
    let title = wording.title_line(Room::units(TITLE_UNITS), Markup::Discord);
    let mut left = EMBED_UNITS - DESCRIPTION_LEAST_UNITS - units(&title) - units(FOOTER);
    let mut fields = Vec::new();
    for fact in &wording.facts {
        let value = value(fact);
        if let Some(rest) = left.checked_sub(units(fact.name) + units(&value)) {
            left = rest;
            fields.push(json!({ "name": fact.name, "value": value, "inline": is_short(fact) }));
        }
    }
    let room = (left + DESCRIPTION_LEAST_UNITS).min(DESCRIPTION_UNITS);
    pruned(json!({
        "title": title,
        "url": title_link,
        "description": wording.body(Room::units(room), Markup::Discord, &links),
        "color": wording.shade.number(),
        "timestamp": wording.at.to_string(),
        "fields": fields,
        "footer": { "text": FOOTER },
    }))
}

fn is_short(fact: &Fact) -> bool {
    fact.name != "Labels" && fact.name != "Note"
}

fn value(fact: &Fact) -> String {
    match &fact.value {
        FactValue::Text(text) => fit(text, Room::units(VALUE_UNITS), Markup::Discord),
        // Shown in the reader's own zone.
        FactValue::Time(time) => format!("<t:{}:f>", time.as_second()),
    }
}
