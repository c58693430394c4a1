//! The two identities: which alert an event is about, and which request it was.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Length in bytes of both ids; twice as many hex digits.
const ID_BYTES: usize = 16;

/// Which alert an event is about: equal for every event of one alert, whatever its time or wording.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint([u8; ID_BYTES]);

/// Which request this is: the same request sent again has the same id, a later genuine event never has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventId([u8; ID_BYTES]);

/// A text that is not 32 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id: give 32 lower-case hex digits")]
pub struct ParseIdError(String);

macro_rules! id {
    ($name:ident) => {
        impl $name {
            /// The first 128 bits of SHA-256 over `fields` in order, each as a netstring
            /// (`<byte length>:<UTF-8 bytes>,`), so that no two lists of fields read alike.
            pub fn of<F: AsRef<str>>(fields: impl IntoIterator<Item = F>) -> Self {
                Self(hash(fields))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseIdError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse(text).map(Self).ok_or_else(|| ParseIdError(text.chars().take(64).collect()))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
            }
        }
    };
}

id!(Fingerprint);
id!(EventId);

fn hash<F: AsRef<str>>(fields: impl IntoIterator<Item = F>) -> [u8; ID_BYTES] {
    let mut hasher = Sha256::new();
    for field in fields {
        let field = field.as_ref();
        hasher.update(field.len().to_string());
        hasher.update(b":");
        hasher.update(field);
        hasher.update(b",");
    }
    let mut id = [0; ID_BYTES];
    id.copy_from_slice(&hasher.finalize()[..ID_BYTES]);
    id
}

/// Writes an id at once: formatting it byte by byte is a fiftieth of all that a webhook's function does.
fn write_hex(id: [u8; ID_BYTES], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let digits = id.map(|byte| [hex_of(byte >> 4), hex_of(byte & 0xf)]);
    f.write_str(std::str::from_utf8(digits.as_flattened()).map_err(|_| fmt::Error)?)
}

const fn hex_of(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

fn parse(text: &str) -> Option<[u8; ID_BYTES]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * ID_BYTES {
        return None;
    }
    let mut id = [0; ID_BYTES];
    for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = hex_digit(pair[0])? << 4 | hex_digit(pair[1])?;
    }
    Some(id)
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_vectors_hold() {
        assert_eq!(
            Fingerprint::of(["kazoo/1", "7600efb3424dc4b79854521fd4563d0a", "balance"]).to_string(),
            "031b4125892183eab987979912c384a4"
        );
        assert_eq!(EventId::of(["kazoo/1", "héllo", ""]).to_string(), "ee4f0cb1863ac7cabbdc7f0ca4c7c5ad");
    }

    #[test]
    fn a_text_that_is_no_id_is_named_in_the_error() {
        let error = "XYZ".parse::<Fingerprint>().unwrap_err();
        assert_eq!(error.to_string(), "`XYZ` is not an id: give 32 lower-case hex digits");
    }

    proptest! {
        #[test]
        fn an_id_survives_its_text(fields in prop::collection::vec(".*", 0..4)) {
            let id = Fingerprint::of(&fields);
            prop_assert_eq!(id.to_string().parse::<Fingerprint>().unwrap(), id);
        }

        #[test]
        fn where_fields_are_cut_matters(left in "[a-z,:0-9]{1,6}", right in "[a-z,:0-9]{1,6}") {
            prop_assert_ne!(EventId::of([&left, &right]), EventId::of([&format!("{left}{right}")]));
        }
    }
}
