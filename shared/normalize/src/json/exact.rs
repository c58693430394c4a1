//! Numbers that keep their digits: `serde_json` would read `1.50` as 1.5, and a 25-digit id as a float.

use std::borrow::Cow;

use serde_json::Number;

/// Most digits of a whole number that is exact in any case.
const SAFE_DIGITS: usize = 18;

/// `json` with each number in quotes that would be printed otherwise than it came; nothing else is changed, so that
/// strict JSON stays strict JSON.
pub(super) fn keep_digits(json: &[u8]) -> Cow<'_, [u8]> {
    let mut kept = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        let start = at;
        at = match byte {
            b'"' => string_end(json, start),
            b'-' | b'0'..=b'9' => number_end(json, start),
            _ => start + 1,
        };
        let Some(number) = json.get(start..at).filter(|_| *byte != b'"') else {
            continue;
        };
        if is_rounded(number) {
            kept.extend_from_slice(json.get(copied..start).unwrap_or_default());
            kept.push(b'"');
            kept.extend_from_slice(number);
            kept.push(b'"');
            copied = at;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    kept.extend_from_slice(json.get(copied..).unwrap_or_default());
    Cow::Owned(kept)
}

/// How deep lists and objects nest in `json`.
pub(super) fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => {
                at = string_end(json, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        at += 1;
    }
    deepest
}

/// Where the string ends whose opening quote is at `start`.
fn string_end(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

fn number_end(json: &[u8], start: usize) -> usize {
    let rest = json.get(start..).unwrap_or_default();
    let is_of_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    rest.iter().position(|byte| !is_of_number(byte)).map_or(json.len(), |length| start + length)
}

/// Whether `text` is a number of JSON's grammar that does not come back as it was.
fn is_rounded(text: &[u8]) -> bool {
    if !text.first().is_some_and(|byte| matches!(byte, b'-' | b'0'..=b'9')) || is_plainly_exact(text) {
        return false;
    }
    let Some(text) = std::str::from_utf8(text).ok().filter(|text| is_number(text)) else {
        return false;
    };
    serde_json::from_str::<Number>(text).map_or(true, |number| number.to_string() != text)
}

/// Whether `text` is a whole number so short that it needs no closer look.
fn is_plainly_exact(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    digits.len() <= SAFE_DIGITS && digits.first() != Some(&b'0') && digits.iter().all(u8::is_ascii_digit)
}

/// Whether `text` is a number by JSON's grammar, however large.
pub(super) fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) =
        unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
    is_digits(whole)
        && !has_leading_zero
        && fraction.is_none_or(is_digits)
        && exponent.is_none_or(|exponent| is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(json: &str) -> String {
        String::from_utf8(keep_digits(json.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn numbers_that_would_be_rounded_become_text() {
        for number in ["1.50", "1e400", "-0", "1E5", "123456789012345678901234567890", "0.10", "95.10"] {
            assert_eq!(kept(&format!(r#"{{"a":{number}}}"#)), format!(r#"{{"a":"{number}"}}"#));
        }
    }

    #[test]
    fn other_numbers_and_what_looks_like_one_stay() {
        let json =
            r#"{"a":123456000000025013,"b":-7,"c":0,"d":1.5,"e":"1.50 \" 1e400","f":[18446744073709551615]}"#;
        assert!(matches!(keep_digits(json.as_bytes()), Cow::Borrowed(_)));
        for broken in ["[01]", "[1.]", "[1e]", "[--1]", "[1.50", "\"1.50"] {
            assert_eq!(kept(broken).replace("\"1.50\"", "1.50"), broken);
        }
    }
}
