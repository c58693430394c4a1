//! What is read as it is, what is mended, and what is neither.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Reads `bytes`, which must be damaged, as `expected`.
fn mended(bytes: impl AsRef<[u8]>, expected: &Value) {
    let bytes = bytes.as_ref();
    let document = read(bytes).unwrap_or_else(|error| panic!("{}: {error}", String::from_utf8_lossy(bytes)));
    assert_eq!(&document.value, expected, "{}", String::from_utf8_lossy(bytes));
    assert_eq!(document.warning(), Some(REPAIRED), "{}", String::from_utf8_lossy(bytes));
}

fn refused(text: &str) {
    assert!(read(text.as_bytes()).is_err(), "{text}: {:?}", read(text.as_bytes()));
}

#[test]
fn bytes_that_are_no_utf_8_become_the_replacement_character() {
    mended(b"{\"a\":\"caf\xe9\",\"b\":1}", &json!({ "a": "caf\u{fffd}", "b": 1 }));
    mended(b"{\"a\":1,\xff \"b\":2}\xfe", &json!({ "a": 1, "b": 2 }));
}

#[test]
fn half_an_emoji_becomes_the_replacement_character_and_a_whole_one_stays() {
    mended(
        r#"{"a":"cut \ud83d","b":"\ude00 \ud83d\ude00"}"#,
        &json!({ "a": "cut \u{fffd}", "b": "\u{fffd} 😀" }),
    );
    mended(r#"{"a":"\ud83d\u0041\ud83d\ud83d\ude00"}"#, &json!({ "a": "\u{fffd}A\u{fffd}😀" }));
}

#[test]
fn control_characters_in_a_text_are_taken() {
    mended("{\"a\":\"1\n2\r\n3\t\0\u{1b}\"}", &json!({ "a": "1\n2\r\n3\t\0\u{1b}" }));
    mended("{\"line 1\nline 2\":\0\"\"}\0", &json!({ "line 1\nline 2": "" }));
}

#[test]
fn backslashes_and_quotes_that_nobody_escaped_are_text() {
    mended(r#"{"a":"C:\Users\new\x","b":"\u12"}"#, &json!({ "a": "C:\\Users\new\\x", "b": "\\u12" }));
    mended(r#"{"a":"said "no", twice","b":1}"#, &json!({ "a": "said \"no\", twice", "b": 1 }));
    mended(r#"{"a":"ends "so"" , "b":1}"#, &json!({ "a": "ends \"so\"", "b": 1 }));
}

#[test]
fn what_is_no_number_is_nothing() {
    for word in ["NaN", "-NaN", "Infinity", "-Infinity", "inf", "undefined", "None", ""] {
        mended(format!(r#"{{"a":{word},"b":[1]}}"#), &json!({ "a": null, "b": [1] }));
    }
    mended("[NaN,1]", &json!([null, 1]));
}

#[test]
fn bare_words_are_texts() {
    mended(
        "{a:007,b:+1,c:.5,d:$value,e:True,f:90 % of 5}",
        &json!({
            "a": "007", "b": "+1", "c": ".5", "d": "$value", "e": true, "f": "90 % of 5",
        }),
    );
}

#[test]
fn commas_too_many_or_forgotten_do_not_matter() {
    mended(r#"{"a":[1,2,],,"b":{"c":1} "d":2,}"#, &json!({ "a": [1, 2], "b": { "c": 1 }, "d": 2 }));
}

#[test]
fn what_ends_once_more_has_ended() {
    for rest in ["}", "]", ";", "\0\0", "\n,"] {
        mended(format!(r#"{{"a":1}}{rest}"#), &json!({ "a": 1 }));
    }
    for rest in [r#"{"a":2}"#, "[1]", r#""a""#, " and more"] {
        refused(&format!(r#"{{"a":1}}{rest}"#));
    }
}

#[test]
fn what_breaks_off_or_can_be_read_in_two_ways_is_refused() {
    for text in [
        "",
        "x=1",
        "NaN",
        "\"\n\"",
        "<html>",
        r#"{"a":1"#,
        r#"{"a":"b"#,
        r#"{"a":"b""#,
        r#"{"a""#,
        r#"{"a":"#,
        r#"[{"a":1}"#,
        r#"{"a":[1}"#,
        r#"{"a":"b,"c":"d"}"#,
        r#"{"a:1,"b":2}"#,
        r#"{"a":1 // why
        }"#,
        r#"["a, "b"]"#,
        r#"{"a":"x", "y"", "b":1}"#,
    ] {
        refused(text);
    }
}

#[test]
fn numbers_keep_their_digits() {
    let read = |text: &str| read(text.as_bytes()).unwrap();
    for digits in ["1.50", "1e400", "123456789012345678901234567890"] {
        let document = read(&format!(r#"{{"a":{digits}}}"#));
        assert_eq!((document.value, document.is_repaired), (json!({ "a": digits }), false));
    }
    assert_eq!(read("[123456000000025013,1.5]").value, json!([123_456_000_000_025_013_u64, 1.5]));
}

#[test]
fn of_two_equal_keys_the_later_counts() {
    assert_eq!(read(br#"{"a":1,"a":2}"#).unwrap().value, json!({ "a": 2 }));
    mended("{\"a\":1,\"a\":\"\n\"}", &json!({ "a": "\n" }));
}

#[test]
fn utf_16_and_byte_order_marks_are_read() {
    let text = "{\"a\":\"ü😀\"}\n";
    let units = || text.encode_utf16();
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    for bytes in [
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        [b"\xff\xfe", &little[..]].concat(),
        [b"\xfe\xff", &big[..]].concat(),
        little,
        big,
    ] {
        assert_eq!(read(&bytes).unwrap().value, json!({ "a": "ü😀" }), "{bytes:?}");
    }
}

#[test]
fn no_depth_overflows_the_stack() {
    for open in ["[", r#"{"a":"#, "[\n\0"] {
        refused(&open.repeat(200_000));
    }
    let deep = |levels: usize| format!("{}\u{0}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(read(deep(127).as_bytes()).is_ok());
    refused(&deep(128));
}

#[test]
fn what_looks_damaged_at_every_byte_is_read_in_linear_time() {
    for spot in ["\"", "\\", "\" ", "\",", "{\"a\":\"\n", "\\ud83d", ",", "\0", "1 "] {
        let _ = read(spot.repeat(400_000).as_bytes());
        let _ = read(format!("{{\"a\":\"{}", spot.repeat(400_000)).as_bytes());
    }
}

fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        "[\"\\\\,:{}\\[\\]\u{0}\n nu]{0,12}".prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[\"\\\\,:{} a-c]{0,4}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// `value` with the numbers as text that are kept as their digits.
fn with_digits(value: &Value) -> Value {
    parse(value.to_string().as_bytes()).unwrap()
}

proptest! {
    #[test]
    fn strict_json_is_never_changed(value in values()) {
        let value = json!([value]);
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let document = read(text.as_bytes()).unwrap();
            prop_assert!(!document.is_repaired);
            prop_assert_eq!(&document.value, &with_digits(&value));
            let json = strict(text.as_bytes()).unwrap();
            prop_assert_eq!(json.bytes(), text.as_bytes());
            let repaired = repair::repair(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<Value>(&repaired).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
        }
    }

    #[test]
    fn what_is_repaired_is_strict_json(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(repaired) = repair::repair(&String::from_utf8_lossy(&bytes)) {
            prop_assert!(parse(repaired.as_bytes()).is_ok());
        }
    }

    #[test]
    fn signs_in_any_order_do_not_panic(text in "[\"\\\\,:{}\\[\\]\u{0}\n ud8c3-9.eE+NaInfty\u{fffd}é]{0,60}") {
        for text in [text.clone(), format!("{{\"a\":{text}}}"), format!("{{\"a\":\"{text}\"}}")] {
            let _ = strict(text.as_bytes());
            if let Ok(document) = read(text.as_bytes()) {
                prop_assert_eq!(document.is_repaired, parse(text.as_bytes()).is_err());
            }
        }
    }
}
