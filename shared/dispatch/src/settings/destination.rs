//! One destination.

use std::sync::Arc;

use channels::settings::{Fields, shown};
use channels::{CHANNEL_TYPES, Channel, Deliver, read_channel};
use net::EgressPolicy;
use serde_json::json;

use super::{NamedIntervals, digest, selection};
use crate::{Destination, GroupBy, Hours};

/// Longest id, in characters.
const ID_CHARS: usize = 40;
/// Longest span of damping, waiting or repeating: a week.
const WEEK_SECS: u32 = 7 * 24 * 3600;
/// Longest span in which changes are collected.
const COLLECTED_SECS: u32 = 600;
/// The default of `group_interval_secs` for what does not open incidents.
const INTERVAL_SECS: u32 = 60;
/// Shortest span after which it is said again what still fires.
const LEAST_REPEAT_SECS: u32 = 60;

/// Reads one destination; what is wrong is noted in `fields`.
pub(super) fn read(
    fields: &mut Fields,
    intervals: &NamedIntervals,
    egress: &EgressPolicy,
) -> Option<Destination> {
    let id = read_id(fields);
    let name = fields.text("name");
    let is_enabled = fields.flag("enabled").unwrap_or(true);
    let filter = selection::read_filter(fields);
    let notify_on = selection::read_notify_on(fields);
    let damping_secs = fields.number("damping_secs", 1, WEEK_SECS);
    let after_secs = fields.number("after_secs", 1, WEEK_SECS);
    let unless_acknowledged = read_unless(fields, after_secs);
    let repeat_secs = fields.number("repeat_secs", LEAST_REPEAT_SECS, WEEK_SECS);
    let hours = read_hours(fields, intervals);
    let has_links = fields.flag("links").unwrap_or(true);
    let type_name = read_type(fields);
    let settings_digest = digest(&json!([type_name, fields.peek("settings")]).to_string());
    let channel = read_settings(fields, type_name, egress);
    let timing = read_timing(fields, channel.as_deref(), repeat_secs);
    Some(Destination {
        id: id?,
        name,
        is_enabled,
        filter,
        notify_on: notify_on?,
        deliver: timing.deliver,
        group_by: timing.group_by,
        group_wait_secs: timing.group_wait_secs,
        group_interval_secs: timing.group_interval_secs,
        damping_secs,
        after_secs,
        unless_acknowledged,
        repeat_secs,
        hours,
        has_links,
        channel: channel?,
        settings_digest,
    })
}

fn read_id(fields: &mut Fields) -> Option<String> {
    let id = fields.required_text("id", "give the destination a short stable name of a-z, 0-9 and -")?;
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.len() <= ID_CHARS && id.bytes().all(is_plain) {
        return Some(id);
    }
    fields.mistake("id", format!("`{}` is not an id: use at most {ID_CHARS} of a-z, 0-9 and -", shown(&id)));
    None
}

fn read_type(fields: &mut Fields) -> Option<&'static str> {
    let words: Vec<_> = CHANNEL_TYPES.iter().map(|known| (known.name, known.name)).collect();
    fields.required_word("type", &words)
}

fn read_settings(
    fields: &mut Fields,
    type_name: Option<&str>,
    egress: &EgressPolicy,
) -> Option<Arc<dyn Channel>> {
    match type_name {
        Some(name) => fields.object("settings", |settings| read_channel(name, settings, egress)),
        None => fields.value("settings").and(None),
    }
}

fn read_unless(fields: &mut Fields, after_secs: Option<u32>) -> bool {
    let is_wanted = fields.word("unless", &[("acknowledged", true)]).unwrap_or(false);
    if is_wanted && after_secs.is_none() {
        fields.mistake("unless", "needs `after_secs`: say how long somebody has to acknowledge");
    }
    is_wanted
}

fn read_hours(fields: &mut Fields, intervals: &NamedIntervals) -> Hours {
    let has_active = fields.is_present("active");
    let active = read_names(fields, "active", intervals);
    let mute = read_names(fields, "mute", intervals);
    if has_active && active.is_empty() {
        fields.mistake("active", "names no time interval: name one, or leave it out");
    }
    Hours { active: has_active.then_some(active), mute }
}

/// The intervals of the names in the list `name`.
fn read_names(
    fields: &mut Fields,
    name: &str,
    intervals: &NamedIntervals,
) -> Vec<alert::time_interval::TimeInterval> {
    let find = |text: &str| match intervals.get(text) {
        Some(Some(found)) => Ok(found.clone()),
        Some(None) => Err(format!("`{}` has a mistake in `time_intervals`: correct it there", shown(text))),
        None => Err(format!("`{}` is not a name in `time_intervals`: add it there", shown(text))),
    };
    fields.texts(name, find).into_iter().flatten().collect()
}

/// How it is delivered.
struct Timing {
    deliver: Deliver,
    group_by: GroupBy,
    group_wait_secs: u32,
    group_interval_secs: u32,
}

fn read_timing(fields: &mut Fields, channel: Option<&dyn Channel>, repeat_secs: Option<u32>) -> Timing {
    let lifecycle = channel.map(Channel::lifecycle);
    let default = lifecycle.map_or(Deliver::State, |lifecycle| lifecycle.deliver);
    let words = [("state", Deliver::State), ("changes", Deliver::Changes)];
    let deliver = fields.word("deliver", &words).unwrap_or(default);
    let opens_incidents = lifecycle.is_some_and(|lifecycle| lifecycle.opens_incidents);
    if deliver == Deliver::Changes {
        for name in ["group_by", "group_wait_secs", "group_interval_secs"] {
            if fields.is_present(name) {
                fields.mistake(name, "needs `\"deliver\": \"state\"`: changes are notified one by one");
            }
            fields.value(name);
        }
        if repeat_secs.is_some() {
            fields.mistake("repeat_secs", "needs `\"deliver\": \"state\"`: changes are notified one by one");
        }
        let (group_wait_secs, group_interval_secs) = (0, 0);
        return Timing { deliver, group_by: GroupBy::EachAlert, group_wait_secs, group_interval_secs };
    }
    let group_by = read_group_by(fields, opens_incidents);
    let group_wait_secs = fields.number("group_wait_secs", 0, COLLECTED_SECS).unwrap_or(0);
    let interval = if opens_incidents { 0 } else { INTERVAL_SECS };
    let group_interval_secs = fields.number("group_interval_secs", 0, WEEK_SECS).unwrap_or(interval);
    Timing { deliver, group_by, group_wait_secs, group_interval_secs }
}

fn read_group_by(fields: &mut Fields, opens_incidents: bool) -> GroupBy {
    if !fields.is_present("group_by") {
        fields.value("group_by");
        let names = ["source", "account", "resource"].map(str::to_owned).to_vec();
        return if opens_incidents { GroupBy::EachAlert } else { GroupBy::Labels(names) };
    }
    let is_name = |text: &str| match text.trim() {
        "" => Err("is empty: name a label".to_owned()),
        name => Ok(name.to_owned()),
    };
    let names = fields.texts("group_by", is_name);
    let is_each = names.iter().any(|name| name == "...");
    if is_each && names.len() > 1 {
        fields.mistake("group_by", "`...` stands for all labels: write it alone");
    }
    if is_each { GroupBy::EachAlert } else { GroupBy::Labels(names) }
}
