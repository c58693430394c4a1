//! What fixtures mean, written down so that a person can review it: one snapshot a source and shape with a heading a
//! fixture, and the ids of all of them in one snapshot a source, where a changed one is a changed line.
//!
//! What a reader need not see is left out: whatever is empty, the source, the ids, and `recovery` as the way an alert
//! ends.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

/// Members of an event in the order in which a person reads it; any other follows by name.
const ORDER: [&str; 17] = [
    "title",
    "summary",
    "resource",
    "service",
    "value",
    "url",
    "account",
    "account_name",
    "episode",
    "started_at",
    "occurred_at",
    "ended_at",
    "expires_at",
    "auto_resolve",
    "labels",
    "annotations",
    "warnings",
];

/// Members that stand in the first line of an event, are the same everywhere or stand among the ids.
const ELSEWHERE: [&str; 6] = ["signal", "severity", "severity_raw", "source", "fingerprint", "event_id"];

/// What was answered or stored as it came; JSON in one line.
const VERBATIM: [&str; 4] = ["raw", "rows", "row", "kept_body"];

/// A fixture by the name of its file, and what becomes of it.
pub(crate) type Meaning = (String, Value);

/// Every fixture of `folder` that `is_wanted`, by name, with what `read` makes of it.
pub(crate) fn meanings(
    folder: &Path,
    is_wanted: impl Fn(&str) -> bool,
    read: impl Fn(&Path) -> Value,
) -> Vec<Meaning> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file());
    let named = files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path));
    let mut meanings: Vec<_> =
        named.filter(|(name, _)| is_wanted(name)).map(|(name, path)| (name, read(&path))).collect();
    meanings.sort_by(|a, b| a.0.cmp(&b.0));
    meanings
}

/// Compares `meanings` with the snapshots of `source`: one a shape, and one of all ids.
pub(crate) fn check(source: &str, meanings: &[Meaning], shape: impl Fn(&Meaning) -> String) {
    let mut sheets: BTreeMap<String, String> = BTreeMap::new();
    for meaning in meanings {
        sheets.entry(shape(meaning)).or_default().push_str(&section(meaning));
    }
    for (shape, sheet) in &sheets {
        compare(&format!("{source}-{shape}"), sheet);
    }
    compare(&format!("{source}-identities"), &identities(meanings));
}

/// The one word for a fixture that was refused as a whole or says nothing; `None` for any that yields an event.
pub(crate) fn without_event((_, outcome): &Meaning) -> Option<String> {
    events(outcome).is_empty().then(|| "nothing".to_owned())
}

fn compare(name: &str, content: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, content));
}

fn section((name, outcome): &Meaning) -> String {
    let mut lines = Vec::new();
    write_value(&mut lines, 0, outcome);
    format!("## {name}\n\n{}\n\n", if lines.is_empty() { "nothing".to_owned() } else { lines.join("\n") })
}

fn identities(meanings: &[Meaning]) -> String {
    let mut lines = Vec::new();
    for (name, outcome) in meanings {
        for event in events(outcome) {
            let id = |member: &str| event[member].as_str().unwrap().to_owned();
            lines.push(format!("{} {} {name}", id("fingerprint"), id("event_id")));
        }
    }
    lines.join("\n")
}

/// Every event in `outcome`, however deep it lies.
fn events(outcome: &Value) -> Vec<&Value> {
    match outcome {
        Value::Object(members) if members.contains_key("fingerprint") => vec![outcome],
        Value::Object(members) => members.values().flat_map(events).collect(),
        Value::Array(items) => items.iter().flat_map(events).collect(),
        _ => Vec::new(),
    }
}

fn write_value(lines: &mut Vec<String>, depth: usize, value: &Value) {
    match value {
        Value::Object(members) => write_members(lines, depth, members),
        Value::Array(items) => items.iter().for_each(|item| write_item(lines, depth, item)),
        scalar => lines.push(indented(depth, &shown(scalar))),
    }
}

/// An item of a list: its first line has a dash.
fn write_item(lines: &mut Vec<String>, depth: usize, item: &Value) {
    let first = lines.len();
    write_value(lines, depth + 1, item);
    if let Some(line) = lines.get_mut(first) {
        let indent = "  ".repeat(depth);
        *line = format!("{indent}- {}", line.trim_start());
    }
}

fn write_members(lines: &mut Vec<String>, depth: usize, members: &Map<String, Value>) {
    let is_event = members.contains_key("fingerprint");
    if is_event {
        lines.push(indented(depth, &first_line(members)));
    }
    for (name, value) in in_order(members) {
        let is_elsewhere = is_event && ELSEWHERE.contains(&name);
        let is_usual = name == "auto_resolve" && value == "recovery";
        if !is_empty(value) && !is_elsewhere && !is_usual {
            write_member(lines, depth, name, value);
        }
    }
}

fn write_member(lines: &mut Vec<String>, depth: usize, name: &str, value: &Value) {
    if name == "events" {
        return write_value(lines, depth, value);
    }
    let is_nested = matches!(value, Value::Object(_) | Value::Array(_));
    if is_nested && !VERBATIM.contains(&name) {
        lines.push(indented(depth, &format!("{name}:")));
        write_value(lines, depth + 1, value);
        return;
    }
    let continued = format!("\n{}| ", "  ".repeat(depth + 1));
    lines.push(indented(depth, &format!("{name}: {}", shown(value).replace('\n', &continued))));
}

/// `firing critical (Critical)`.
fn first_line(event: &Map<String, Value>) -> String {
    let word = |member: &str| event[member].as_str().unwrap().to_owned();
    let raw = Some(word("severity_raw")).filter(|raw| !raw.is_empty());
    let raw = raw.map(|raw| format!(" ({raw})")).unwrap_or_default();
    format!("{} {}{raw}", word("signal"), word("severity"))
}

fn in_order(members: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let place = |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
    let mut sorted: Vec<_> = members.iter().map(|(name, value)| (name.as_str(), value)).collect();
    sorted.sort_by_key(|(name, _)| (place(name), *name));
    sorted
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A text as it is, unless that would hide something; anything else as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.trim() == text && !text.chars().any(is_hidden) => text.clone(),
        other => other.to_string(),
    }
}

fn is_hidden(c: char) -> bool {
    c.is_control() && c != '\n'
}

fn indented(depth: usize, line: &str) -> String {
    format!("{}{line}", "  ".repeat(depth))
}
