//! JSON 1.1, which wants times as numbers.

use http::HeaderName;
use jiff::Timestamp;
use serde_json::Value;

/// The header that names the operation.
pub(super) const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// `input` with the `Time` of its entries in seconds, which is as fine as the service keeps it.
pub(super) fn with_seconds(input: &Value) -> Value {
    let mut input = input.clone();
    for entry in input["Entries"].as_array_mut().into_iter().flatten() {
        let Some(time) = entry.get_mut("Time") else { continue };
        if let Some(Ok(timestamp)) = time.as_str().map(str::parse::<Timestamp>) {
            *time = timestamp.as_second().into();
        }
    }
    input
}
