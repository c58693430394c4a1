//! Reading what the API writes loosely.

use jiff::Timestamp;
use serde_json::Value;

/// From here on a number is milliseconds since 1970: as seconds it would lie beyond the year 5000.
const FEWEST_MILLISECONDS: i64 = 100_000_000_000;

/// The text of a string that is not blank.
pub(crate) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// An id, in lower case as UUIDs are compared.
pub(crate) fn id(value: &Value) -> Option<String> {
    text(value).map(|id| id.to_ascii_lowercase())
}

/// A moment in Unix seconds or milliseconds; 0 is none.
pub(crate) fn moment(value: &Value) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "a fraction of a second means nothing here")]
    let number =
        value.as_i64().or_else(|| value.as_f64().map(|number| number as i64)).filter(|number| *number > 0)?;
    let read = if number < FEWEST_MILLISECONDS {
        Timestamp::from_second(number)
    } else {
        Timestamp::from_millisecond(number)
    };
    read.ok()
}

/// The list under `name`, which is empty where it is null; `None` where there is no such member, or it is something else.
pub(crate) fn list<'a>(body: &'a Value, name: &str) -> Option<&'a [Value]> {
    match body.get(name)? {
        Value::Array(list) => Some(list),
        Value::Null => Some(&[]),
        _ => None,
    }
}
