//! What an alarm says of its object, less what it measured.
//!
//! Only an alarm without dimensions and tags is known by its words. They hold values, which differ between firing and
//! recovery, and names, which must not be lost: two objects taken for one are worse than one taken for two. So only
//! what can be nothing but a measurement goes: numbers that stand alone or before a unit, dates and times of day.
//! A number that is part of a name (`p-1`, `10.0.0.1:8080`) or that a word announces as one (`port 8080`) stays.

/// What separates words beside white space.
const SEPARATORS: [char; 20] = [
    ',', ';', '(', ')', '[', ']', '|', '"', '\'', '<', '>', '=', '!', '，', '。', '；', '（', '）', '、',
    '：',
];

/// Words after which a number is a name.
const NUMBERED: [&str; 9] = ["port", "id", "partition", "shard", "node", "disk", "端口", "分区", "分片"];

/// `text` without its measurements; `None` if nothing is left.
pub(super) fn lasting(text: &str) -> Option<String> {
    let mut kept: Vec<&str> = Vec::new();
    let words = text.split(|c: char| c.is_whitespace() || SEPARATORS.contains(&c)).flat_map(named_value);
    for word in words.filter(|word| !word.is_empty()) {
        let is_name = kept.last().is_some_and(|last| is_announcement(last)) && is_whole(word);
        if is_name || !is_measurement(word) {
            kept.push(word);
        }
    }
    (!kept.is_empty()).then(|| kept.join(" "))
}

/// `value:95` in two words, but no address and no time of day.
fn named_value(word: &str) -> Vec<&str> {
    match word.split_once(':') {
        Some((name, value)) if !name.contains(|c: char| c.is_ascii_digit()) => vec![name, value],
        _ => vec![word],
    }
}

fn is_announcement(word: &str) -> bool {
    NUMBERED.iter().any(|name| word.to_lowercase().ends_with(name))
}

fn is_whole(word: &str) -> bool {
    word.bytes().all(|digit| digit.is_ascii_digit())
}

fn is_measurement(word: &str) -> bool {
    is_quantity(word) || is_date_or_time(word)
}

/// A number, with a unit behind it or not: `95.6%`, `-3`, `120ms`, `5次`.
fn is_quantity(word: &str) -> bool {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    let unit_at = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, unit) = unsigned.split_at(unit_at);
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.matches('.').count() < 2;
    is_number && !unit.contains(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | '.' | ':' | '@'))
}

/// `2021-05-05`, `04:37:00` or both with a `T` between them.
fn is_date_or_time(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_part = |c: char| {
        c.is_ascii_digit() || matches!(c, '-' | ':' | '/' | '.' | '+' | 'T' | 'Z' | '年' | '月' | '日')
    };
    let is_address = word.matches('.').count() > 1;
    digits >= 3 && !is_address && word.chars().all(is_part) && word.contains(['-', ':', '/', '年', '月'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(lasting(text).as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn measurements_and_times_go() {
        check("CPU usage of web-1 is 95.683% (> 90%)", "CPU usage of web-1 is");
        check("CPU usage of web-1 is 26% (> 90%)", "CPU usage of web-1 is");
        check("pod p-1 restarted 5 times since 2021-05-05 04:37:00", "pod p-1 restarted times since");
        check("latency=120ms, queue: 7, 当前值：95次", "latency queue 当前值");
        check("value:-3.5 at 2021-05-05T04:37:00Z", "value at");
    }

    #[test]
    fn names_stay_whatever_digits_they_have() {
        for name in ["p-1", "10.0.0.1:8080", "10.0.0.1", "ins-0c0ffee0", "db1", "2a-web", "1_a", "v1.2.3"] {
            check(&format!("{name} is down"), &format!("{name} is down"));
        }
        check("port 8080 of web-1, partition: 3", "port 8080 of web-1 partition 3");
    }

    #[test]
    fn nothing_but_values_is_nothing() {
        assert_eq!(lasting(" 95.6% > 90% "), None);
        assert_eq!(lasting(""), None);
    }
}
