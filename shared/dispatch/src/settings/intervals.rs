//! The named time intervals, in Alertmanager's form: its list of `name` and `time_intervals`, or an object by name.

use std::fmt::Display;

use alert::time_interval::{DayRange, TimeInterval, TimeRange, WeekdayRange};
use channels::settings::{Fields, Mistake};
use serde_json::Value;

use super::NamedIntervals;

/// Reads `time_intervals`; one with a mistake is known by its name only.
pub(super) fn read(root: &mut Fields) -> NamedIntervals {
    let mut named = NamedIntervals::new();
    let mut mistakes = Vec::new();
    match root.value("time_intervals") {
        None => {}
        Some(Value::Object(members)) => {
            for (name, value) in members {
                let path = format!("time_intervals.{}", channels::settings::shown(&name));
                let read = read_list(&path, value, &mut mistakes);
                named.insert(name, read);
            }
        }
        Some(Value::Array(items)) => {
            for (place, value) in items.into_iter().enumerate() {
                read_named(&format!("time_intervals[{place}]"), value, &mut named, &mut mistakes);
            }
        }
        Some(_) => root.mistake("time_intervals", "is neither an object nor a list: write {\"name\": [{…}]}"),
    }
    for mistake in mistakes {
        root.mistake(&mistake.path, mistake.problem);
    }
    named
}

/// Alertmanager's own form.
fn read_named(path: &str, value: Value, named: &mut NamedIntervals, mistakes: &mut Vec<Mistake>) {
    let Some(mut fields) = Fields::of(path.to_owned(), value, mistakes) else { return };
    let name = fields.required_text("name", "give the time interval a name");
    let list = fields.value("time_intervals").unwrap_or(Value::Null);
    mistakes.append(&mut fields.finish());
    let read = read_list(&format!("{path}.time_intervals"), list, mistakes);
    named.extend(name.map(|name| (name, read)));
}

fn read_list(path: &str, value: Value, mistakes: &mut Vec<Mistake>) -> Option<Vec<TimeInterval>> {
    let Value::Array(items) = value else {
        mistakes.push(Mistake::new(path.to_owned(), "is not a list: write [{…}]"));
        return None;
    };
    let before = mistakes.len();
    let mut intervals = Vec::new();
    for (place, item) in items.into_iter().enumerate() {
        let Some(mut fields) = Fields::of(format!("{path}[{place}]"), item, mistakes) else { continue };
        intervals.push(read_interval(&mut fields));
        mistakes.append(&mut fields.finish());
    }
    (mistakes.len() == before).then_some(intervals)
}

fn read_interval(fields: &mut Fields) -> TimeInterval {
    let location = fields.text("location");
    let location = location.and_then(|name| {
        TimeInterval::parse_location(&name)
            .map_err(|error| fields.mistake("location", error.to_string()))
            .ok()
    });
    TimeInterval {
        times: read_times(fields),
        weekdays: read_ranges(fields, "weekdays", WeekdayRange::parse),
        days_of_month: read_ranges(fields, "days_of_month", DayRange::parse),
        months: read_ranges(fields, "months", TimeInterval::parse_months),
        years: read_ranges(fields, "years", TimeInterval::parse_years),
        location: location.unwrap_or(jiff::tz::TimeZone::UTC),
    }
}

fn read_times(fields: &mut Fields) -> Vec<TimeRange> {
    is_not_empty(fields, "times");
    let mut ranges = Vec::new();
    for (place, item) in fields.list("times").into_iter().enumerate() {
        let mut mistakes = Vec::new();
        let path = format!("times[{place}]");
        let Some(mut span) = Fields::of(String::new(), item, &mut mistakes) else {
            fields.mistake(
                &path,
                "is not an object: write {\"start_time\": \"08:00\", \"end_time\": \"18:00\"}",
            );
            continue;
        };
        let start = span.required_text("start_time", "write HH:MM");
        let end = span.required_text("end_time", "write HH:MM");
        for mistake in span.finish() {
            fields.mistake(&format!("{path}.{}", mistake.path), mistake.problem);
        }
        match start.zip(end).map(|(start, end)| TimeRange::parse(&start, &end)) {
            Some(Ok(range)) => ranges.push(range),
            Some(Err(error)) => fields.mistake(&path, error.to_string()),
            None => {}
        }
    }
    ranges
}

/// Reads a list of texts, among which numbers may stand.
fn read_ranges<T, E: Display>(
    fields: &mut Fields,
    name: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Vec<T> {
    is_not_empty(fields, name);
    let mut ranges = Vec::new();
    for (place, item) in fields.list(name).into_iter().enumerate() {
        let text = match &item {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match parse(&text) {
            Ok(range) => ranges.push(range),
            Err(error) => fields.mistake(&format!("{name}[{place}]"), error.to_string()),
        }
    }
    ranges
}

/// For Alertmanager an empty list is never; nobody means that.
fn is_not_empty(fields: &mut Fields, name: &str) {
    if fields.peek(name).and_then(Value::as_array).is_some_and(Vec::is_empty) {
        fields.mistake(name, "is empty, and would never hold: leave it out to have it hold always");
    }
}
