//! The published vectors, the rules one by one, and that what KAZOO encodes is read back.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn check(form: &str, expected: &Value) {
    assert_eq!(&Value::Object(decode(body_pairs(form)).unwrap()), expected, "{form}");
}

#[test]
fn the_published_vectors_decode() {
    check(
        "foo=bar&fizz=buzz&arr[]=1&arr[]=3&arr[]=5",
        &json!({ "foo": "bar", "fizz": "buzz", "arr": ["1", "3", "5"] }),
    );
    check(
        "topkey[subkey1]=v1&topkey[subkey2]=v2&topkey[subkey3][]=v31&topkey[subkey3][]=v32",
        &json!({ "topkey": { "subkey1": "v1", "subkey2": "v2", "subkey3": ["v31", "v32"] } }),
    );
    check("url=http%3A%2F%2Fuser%3Apass%40host%3Aport%2F", &json!({ "url": "http://user:pass@host:port/" }));
}

#[test]
fn what_an_empty_object_leaves_behind_is_skipped() {
    check("x=1&&y=2&&&", &json!({ "x": "1", "y": "2" }));
    assert_eq!(decode(body_pairs("&&&")), Err(FormError::Empty));
}

#[test]
fn a_list_of_objects_is_one_json_text_per_element() {
    check(
        "items[]=%7B%22id%22%3A%22a%22%7D&items[]=%7B%22n%22%3A2%7D",
        &json!({ "items": [{ "id": "a" }, { "n": 2 }] }),
    );
    check("items[]=%7Bbroken&note=%7B%7D", &json!({ "items": ["{broken"], "note": "{}" }));
}

#[test]
fn a_query_splits_at_every_question_mark() {
    let members = decode(query_pairs("hook=object?id=d1&q=a%3Fb")).unwrap();
    assert_eq!(Value::Object(members), json!({ "hook": "object", "id": "d1", "q": "a?b" }));
}

#[test]
fn brackets_that_a_proxy_encoded_are_brackets() {
    check("a%5Bb%5D%5b%5d=1", &json!({ "a": { "b": ["1"] } }));
}

#[test]
fn brackets_that_do_not_pair_up_belong_to_the_name() {
    check(
        "a[b=1&[c]=2&d]=3&e[f]g=4&h[[i]]=5",
        &json!({ "a[b": "1", "[c]": "2", "d]": "3", "e[f]g": "4", "h[[i]]": "5" }),
    );
}

#[test]
fn the_later_of_two_values_counts_whatever_their_shapes() {
    check("a=1&a=2", &json!({ "a": "2" }));
    check("a=1&a[b]=2&c[]=1&c[d]=2&e[f]=1&e=2", &json!({ "a": { "b": "2" }, "c": { "d": "2" }, "e": "2" }));
}

#[test]
fn bytes_that_are_not_utf_8_are_replaced() {
    check("a=%ff%C3%A9", &json!({ "a": "\u{fffd}é" }));
}

#[test]
fn a_text_without_pairs_is_not_a_form() {
    assert_eq!(decode(body_pairs("hello there")), Err(FormError::NoPairs));
    assert_eq!(decode(body_pairs("=1")), Err(FormError::NoPairs));
}

#[test]
fn nesting_is_bounded() {
    let nested = |steps: usize| format!("a{}=1", "[b]".repeat(steps));
    assert!(decode([nested(MOST_STEPS - 1).as_str()]).is_ok());
    assert_eq!(decode([nested(MOST_STEPS).as_str()]), Err(FormError::TooDeep));
    assert_eq!(decode([nested(80_000).as_str()]), Err(FormError::TooDeep));
}

/// KAZOO's encoder: values encoded, keys and brackets not, an empty object or list leaves an empty pair.
fn encode(prefix: &str, value: &Value) -> String {
    match value {
        Value::Object(members) => {
            joined(members.iter().map(|(key, value)| encode(&step(prefix, key), value)))
        }
        Value::Array(elements) => joined(elements.iter().map(|element| match element {
            Value::Object(_) => pair(&format!("{prefix}[]"), &element.to_string()),
            _ => encode(&format!("{prefix}[]"), element),
        })),
        Value::String(text) => pair(prefix, text),
        scalar => pair(prefix, &scalar.to_string()),
    }
}

fn step(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}[{key}]") }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("&")
}

fn pair(key: &str, value: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    format!("{key}={encoded}")
}

/// What is left of `value` in a form: no empty objects and lists.
fn without_empty(value: Value) -> Option<Value> {
    match value {
        Value::Object(members) => {
            let kept: Map<_, _> =
                members.into_iter().filter_map(|(key, value)| Some((key, without_empty(value)?))).collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(elements) => (!elements.is_empty()).then_some(Value::Array(elements)),
        scalar => Some(scalar),
    }
}

fn payload() -> impl Strategy<Value = Value> {
    let text = || {
        ".{0,12}".prop_filter("an element that looks like JSON text is read as such", |t: &String| {
            !t.starts_with('{')
        })
    };
    let object_in_list = prop::collection::btree_map("[a-z_]{1,6}", any::<i64>().prop_map(Value::from), 0..3)
        .prop_map(|members| Value::Object(members.into_iter().collect()));
    let leaf = prop_oneof![
        text().prop_map(Value::String),
        prop::collection::vec(text(), 0..4).prop_map(Value::from),
        prop::collection::vec(object_in_list, 0..3).prop_map(Value::Array),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop::collection::btree_map("[A-Za-z0-9_.+-]{1,8}", inner, 0..4)
            .prop_map(|members| Value::Object(members.into_iter().collect()))
    })
}

proptest! {
    #[test]
    fn what_the_encoder_wrote_is_read_back(
        members in prop::collection::btree_map("[A-Za-z0-9_.+-]{1,8}", payload(), 0..6)
    ) {
        let whole = Value::Object(members.into_iter().collect());
        let form = encode("", &whole);
        let expected = without_empty(whole).ok_or(FormError::Empty);
        prop_assert_eq!(decode(body_pairs(&form)).map(Value::Object), expected);
    }

    #[test]
    fn no_text_panics(text in "[a-c\\[\\]=&?%{}\"5Bd]{0,80}") {
        let _ = decode(body_pairs(&text));
        let _ = decode(query_pairs(&text));
    }
}
