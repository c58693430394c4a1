//! A secret's text as JSON, and where it breaks off where it is none.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::finding::{Finding, Gravity};

/// Names that may be shown although the text around them could not be read: a token in a member's place may not.
const NAMES: [&str; 32] = [
    "tokens",
    "token",
    "name",
    "role",
    "basic",
    "username",
    "password",
    "challenge_secret",
    "api_token",
    "polled",
    "client_certificate",
    "common_name",
    "required",
    "sha256_key",
    "hook_ids",
    "url",
    "api_key",
    "account_name",
    "account_id",
    "validation_code",
    "secret_id",
    "secret_key",
    "endpoint",
    "data_center",
    "client_id",
    "client_secret",
    "refresh_token",
    "zaaid",
    "zohoRefreshToken",
    "zohoClientId",
    "zohoClientSecret",
    "zohoAccountTLD",
];

/// The JSON that `text` is; a byte order mark before it is overlooked.
pub(super) fn parse(text: &str) -> Result<Value, Finding> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        let problem = "is blank: write a JSON object, such as {\"tokens\":[\"…\"]}".to_owned();
        return Err(Finding { gravity: Gravity::Mistake, path: String::new(), problem });
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = path(&error);
        broken(path, error.inner())
    })?;
    deserializer.end().map_err(|error| broken(String::new(), &error))?;
    Ok(value)
}

/// Where `text`, which is JSON, is not what `T` should be. serde's own words may quote the value, so only the place
/// is named.
pub(super) fn wrong_type<T: DeserializeOwned>(text: &str) -> Finding {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read: Result<T, _> = serde_path_to_error::deserialize(&mut deserializer);
    let path = read.err().map_or_else(String::new, |error| path(&error));
    let problem = "is not of the type that it should be, or lacks a member".to_owned();
    Finding { gravity: Gravity::Mistake, path, problem }
}

/// What serde says of broken JSON quotes no value: it names what it expected.
fn broken(path: String, error: &serde_json::Error) -> Finding {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    let place = format!("line {}, column {}", error.line(), error.column());
    let problem = format!("is not JSON from here on ({place}): {what}; check quotes, commas and brackets");
    Finding { gravity: Gravity::Mistake, path, problem }
}

fn path(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let mut path = String::new();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => path.extend(["[", &index.to_string(), "]"]),
            Segment::Map { key } if NAMES.contains(&key.as_str()) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path += key;
            }
            Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => break,
        }
    }
    path
}
