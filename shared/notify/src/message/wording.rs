//! A message in words, the same for every destination that people read. Nothing here is escaped or cut yet.

use jiff::Timestamp;
use url::Url;

use super::{Kind, Message};
use crate::text::{self, Markup, Room, fit};

/// Longest link, in UTF-16 code units: a link cannot be cut, so a longer one is left out.
const LINK_UNITS: usize = 2000;

/// A name and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

/// The title line, `[<STATE>] <title>`. The state is ours and needs no escape: no markup can begin with it.
pub(crate) fn title(message: &Message, room: Room, markup: Markup) -> String {
    let state = format!("[{}] ", state(message));
    let title = fit(&title_without_state(message), room.beside(&state), markup);
    state + &title
}

/// The alert's own title, on one line and never empty.
pub(crate) fn title_without_state(message: &Message) -> String {
    optional_line(Some(&message.alert.title))
        .unwrap_or_else(|| format!("alert {}", message.alert.fingerprint))
}

fn state(message: &Message) -> String {
    let severity = message.alert.severity.as_str().to_uppercase();
    match (message.kind, message.previous_severity) {
        (Kind::Resolved, _) => "RESOLVED".to_owned(),
        (Kind::Expired, _) => "EXPIRED".to_owned(),
        (Kind::Escalated | Kind::Deescalated, Some(previous)) => {
            format!("{} → {severity}", previous.as_str().to_uppercase())
        }
        _ => severity,
    }
}

/// The summary, which may have several lines.
pub(crate) fn summary(message: &Message) -> Option<String> {
    message.alert.summary.as_deref().map(text::lines).filter(|summary| !summary.is_empty())
}

/// What else is known, without what is empty.
pub(crate) fn fields(message: &Message) -> Vec<Field> {
    let alert = &message.alert;
    let fields = [
        ("Resource", optional_line(alert.resource.as_deref())),
        ("Service", optional_line(alert.service.as_deref())),
        ("Value", optional_line(alert.value.as_deref())),
        ("Source", Some(source(message))),
        ("Since", Some(in_utc(message.since()))),
        ("Duration", message.seconds().filter(|seconds| *seconds > 0).map(in_words)),
        ("Flapped", flapped(message.flapped)),
    ];
    fields.into_iter().filter_map(|(name, value)| Some(Field { name, value: value? })).collect()
}

fn source(message: &Message) -> String {
    let source = message.alert.source.as_str();
    match optional_line(Some(message.alert.account_name())) {
        Some(account) => format!("{source} · {account}"),
        None => source.to_owned(),
    }
}

fn flapped(times: u64) -> Option<String> {
    match times {
        0 => None,
        1 => Some("once".to_owned()),
        more => Some(format!("{more} times")),
    }
}

/// `text` on one line, if anything is left of it.
pub(crate) fn optional_line(text: Option<&str>) -> Option<String> {
    text.map(text::line).filter(|line| !line.is_empty())
}

/// The link back into the source: only an absolute http(s) one, as it came from a payload.
pub(crate) fn link(message: &Message) -> Option<String> {
    let raw = message.alert.url.as_deref()?.trim();
    let is_whole = !raw.ends_with('…');
    let url = Url::parse(raw).ok().filter(|url| is_whole && matches!(url.scheme(), "http" | "https"))?;
    (text::units(url.as_str()) <= LINK_UNITS).then(|| url.to_string())
}

fn in_utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Like `10m 12s`.
pub(crate) fn in_words(seconds: i64) -> String {
    let parts =
        [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let words: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if words.is_empty() { "0s".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_names_only_what_is_not_zero() {
        assert_eq!(in_words(612), "10m 12s");
        assert_eq!(in_words(0), "0s");
        assert_eq!(in_words(90_061), "1d 1h 1m 1s");
        assert_eq!(in_words(7200), "2h");
    }
}
