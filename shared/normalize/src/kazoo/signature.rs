//! The signature of KAZOO 5's v2 events: base64 of HMAC-SHA256 over the envelope's time and its `data`.
//!
//! It does not cover the whole body, so it is checked beside the secret in the path and never instead of it.
//! KAZOO signs `data` as it happens to encode it, and reads its clock once for signing and once for sending.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::Sha256;

use super::{keys, time};
use crate::json;
use crate::value::{text, trim_bytes};

/// How far from our own clock a signed event may be, before or after it.
const MOST_AGE: SignedDuration = SignedDuration::from_mins(5);

/// What the signature of a body is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// The body is no v2 event in JSON: KAZOO signs nothing else, so there is nothing to check.
    NotSigned,
    /// A holder of the key made it, at most five minutes from now.
    Valid,
    /// It is missing, too old, or made with another key or over other data.
    Invalid,
}

/// Checks the signature in `body`, the bytes as received, against the hook's `sha256_key`.
pub fn check_signature(body: &[u8], key: &str, received_at: Timestamp) -> Signature {
    let sent = String::from_utf8_lossy(trim_bytes(body));
    // A damaged spot must not make a signed event look like one that nobody signs: it is read as the event itself is.
    let json = json::strict(body).ok();
    let repaired = json.as_ref().map(|json| String::from_utf8_lossy(json.bytes()));
    let Some(signed) = Signed::read(&sent).or_else(|| Signed::read(repaired.as_deref()?)) else {
        return Signature::NotSigned;
    };
    if signed.holds(key, received_at).is_some() { Signature::Valid } else { Signature::Invalid }
}

/// A v2 envelope whose `data` is still as it was written.
struct Signed<'a> {
    data: &'a str,
    timestamp: Option<String>,
    hmac: Option<String>,
}

impl<'a> Signed<'a> {
    fn read(body: &'a str) -> Option<Self> {
        let members: BTreeMap<String, &'a RawValue> = serde_json::from_str(body).ok()?;
        let scalar = |name| member(&members, name).and_then(scalar_text);
        let data = member(&members, "data")?;
        let is_event = scalar("action").is_some_and(|action| action.eq_ignore_ascii_case("event"));
        (is_event && scalar("name").is_some() && data.starts_with('{')).then(|| Self {
            data,
            timestamp: scalar("timestamp"),
            hmac: scalar("hmac"),
        })
    }

    /// `Some` if the signature holds; `None` also where a part of it cannot be read.
    fn holds(&self, key: &str, received_at: Timestamp) -> Option<()> {
        let timestamp = self.timestamp.as_deref()?;
        let signed_at = time::read(timestamp)?;
        let hmac = BASE64_STANDARD.decode(self.hmac.as_deref()?).ok()?;
        if received_at.duration_since(signed_at).abs() > MOST_AGE {
            return None;
        }
        let seconds: i64 = timestamp.parse().ok()?;
        let clocks = [seconds, seconds.checked_add(1)?];
        let texts = std::iter::once(self.data.to_owned()).chain(compact(self.data));
        texts.flat_map(|data| clocks.map(|clock| format!("{clock}{data}"))).find_map(|message| {
            let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
            mac.chain_update(message).verify_slice(&hmac).ok()
        })
    }
}

/// The member `name` as written; an exact key wins over one spelled another way.
fn member<'a>(members: &BTreeMap<String, &'a RawValue>, name: &str) -> Option<&'a str> {
    let spelled_otherwise =
        || members.iter().find(|(key, _)| keys::canonical(key) == name).map(|(_, raw)| raw);
    members.get(name).or_else(spelled_otherwise).map(|raw| raw.get())
}

fn scalar_text(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok().as_ref().and_then(text)
}

/// `data` without white space and with its keys in order, if it is not nested too deep to be read.
fn compact(data: &str) -> Option<String> {
    let value: Value = serde_json::from_str(data).ok()?;
    Some(sorted(value).to_string())
}

/// `value` with the keys of each object in order, whichever order this build of serde_json keeps them in.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> =
                members.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(elements) => Value::Array(elements.into_iter().map(sorted).collect()),
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of KAZOO's own tests.
    const SIGNED: &str = r#"{"action":"event","name":"x","data":{"foo":"bar"},"timestamp":63834206532,"hmac":"z481V/jZHAnFEjNCMORc2FgX03CyzxV+fLV6BWhnY6U="}"#;

    fn check(body: &str, key: &str, age_secs: i64, expected: Signature) {
        let signed_at = time::read("63834206532").unwrap();
        let received_at = signed_at + SignedDuration::from_secs(age_secs);
        assert_eq!(check_signature(body.as_bytes(), key, received_at), expected, "{body}");
    }

    fn sign(clock: &str, data: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(b"123").unwrap().chain_update(clock).chain_update(data);
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    }

    #[test]
    fn the_published_vector_holds_with_its_key_alone() {
        check(SIGNED, "123", 0, Signature::Valid);
        check(SIGNED, "124", 0, Signature::Invalid);
        check(SIGNED, "", 0, Signature::Invalid);
    }

    #[test]
    fn a_signature_is_good_for_five_minutes_before_and_after() {
        check(SIGNED, "123", 300, Signature::Valid);
        check(SIGNED, "123", 301, Signature::Invalid);
        check(SIGNED, "123", -300, Signature::Valid);
        check(SIGNED, "123", -301, Signature::Invalid);
        check(SIGNED, "123", -315_360_000, Signature::Invalid);
    }

    #[test]
    fn changed_data_or_time_does_not_hold() {
        check(&SIGNED.replace("bar", "baz"), "123", 0, Signature::Invalid);
        check(&SIGNED.replace("63834206532", "63834206533"), "123", 0, Signature::Invalid);
    }

    #[test]
    fn a_clock_that_moved_on_while_signing_is_no_forgery() {
        let hmac = sign("63834206533", r#"{"foo":"bar"}"#);
        check(
            &SIGNED.replace("z481V/jZHAnFEjNCMORc2FgX03CyzxV+fLV6BWhnY6U=", &hmac),
            "123",
            0,
            Signature::Valid,
        );
    }

    #[test]
    fn the_bytes_as_written_and_the_compact_sorted_form_both_hold() {
        let written = r#"{ "b": 1.50, "a": [1, {"d": null, "c": "é"}] }"#;
        for signed in [written, r#"{"a":[1,{"c":"é","d":null}],"b":1.5}"#] {
            let hmac = sign("63834206532", signed);
            let body = format!(
                r#"{{"data":{written},"hmac":"{hmac}","timestamp":"63834206532","name":"x","action":"event","site":"berlin"}}"#
            );
            check(&body, "123", 0, Signature::Valid);
        }
    }

    #[test]
    fn an_unsigned_v2_event_is_not_taken_for_a_signed_one() {
        for broken in [
            r#"{"action":"event","name":"x","data":{},"timestamp":63834206532}"#,
            r#"{"action":"event","name":"x","data":{},"hmac":"AAAA"}"#,
            r#"{"action":"event","name":"x","data":{},"timestamp":63834206532,"hmac":"***"}"#,
            r#"{"action":"event","name":"x","data":{},"timestamp":"soon","hmac":"AAAA"}"#,
            r#"{"Action":"Event","Name":"x","Data":{}}"#,
        ] {
            check(broken, "123", 0, Signature::Invalid);
        }
    }

    #[test]
    fn a_damaged_event_is_no_way_around_the_signature() {
        for body in [
            r#"{"action":"event","name":"x","data":{"foo":"bar"},}"#,
            r#"{"action":"event","name":"x","data":{"foo":NaN},"timestamp":63834206532}"#,
            "{\"action\":\"event\",\"name\":\"x\",\"data\":{\"foo\":\"\n\"},\"hmac\":\"\"}",
        ] {
            check(body, "123", 0, Signature::Invalid);
        }
    }

    #[test]
    fn only_v2_events_in_json_are_signed() {
        for unsigned in [
            "",
            "action=event&name=x&data[foo]=bar",
            "[1]",
            r#"{"hook_event":"cdr"}"#,
            r#"{"action":"event","name":"x","data":[]}"#,
        ] {
            check(unsigned, "123", 0, Signature::NotSigned);
        }
    }

    #[test]
    fn no_nesting_is_too_deep() {
        let deep = format!(r#"{{"action":"event","name":"x","data":{}}}"#, r#"{"a":"#.repeat(100_000));
        check(&deep, "123", 0, Signature::NotSigned);
        let closed = format!(
            r#"{{"action":"event","name":"x","data":{}1{}}}"#,
            r#"{"a":"#.repeat(60_000),
            "}".repeat(60_000)
        );
        check(&closed, "123", 0, Signature::Invalid);
    }
}
