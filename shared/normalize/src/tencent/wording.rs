//! The sentences that people read, put together from parts that may all be absent.

use jiff::SignedDuration;

/// `<what> on <name>`.
pub(super) fn title(what: Option<&str>, name: Option<&str>) -> String {
    match (what, name) {
        (Some(what), Some(name)) => format!("{what} on {name}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => "Tencent Cloud alarm".to_owned(),
    }
}

/// `value` with its unit: `95%`, but `12 Mbps`.
pub(super) fn with_unit(value: &str, unit: Option<&str>) -> String {
    match unit {
        Some("%") => format!("{value}%"),
        Some(unit) => format!("{value} {unit}"),
        None => value.to_owned(),
    }
}

/// A length of time for people; `None` for no time at all.
pub(super) fn duration(seconds: i64) -> Option<String> {
    (seconds > 0).then(|| format!("{:#}", SignedDuration::from_secs(seconds)))
}

/// The sender's own `words`, one line for each of `lines` that has something to say, and one for each of `messages`.
pub(super) fn summary<'a>(
    words: Vec<String>,
    lines: impl IntoIterator<Item = (&'a str, Option<String>)>,
    messages: impl IntoIterator<Item = (String, String)>,
) -> Option<String> {
    let lines = lines.into_iter().filter_map(|(name, text)| Some(format!("{name}: {}", text?)));
    let messages = messages.into_iter().map(|(key, text)| format!("{key}: {text}"));
    let summary = words.into_iter().chain(lines).chain(messages).collect::<Vec<_>>().join("\n");
    (!summary.is_empty()).then_some(summary)
}
