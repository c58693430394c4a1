//! The vectors of Alertmanager's own parsers, and what must hold for every matcher.

use proptest::prelude::*;

use super::*;

fn parts(text: &str) -> (String, &'static str, String) {
    let matcher: Matcher = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    (matcher.name().to_owned(), matcher.operator().as_str(), matcher.value().to_owned())
}

#[track_caller]
fn reads(text: &str, name: &str, operator: &str, value: &str) {
    let (read_name, read_operator, read_value) = parts(text);
    assert_eq!((read_name.as_str(), read_operator, read_value.as_str()), (name, operator, value), "{text}");
}

#[test]
fn the_accepted_forms_are_read() {
    reads("foo=bar", "foo", "=", "bar");
    reads("foo = \"bar\"", "foo", "=", "bar");
    reads("  foo\t!=  bar ", "foo", "!=", "bar");
    reads("foo=\"bar,quux\"", "foo", "=", "bar,quux");
    reads("statuscode=~\"5..\"", "statuscode", "=~", "5..");
    reads("foo!~bar.*", "foo", "!~", "bar.*");
    reads("job=", "job", "=", "");
    reads("job=\"\"", "job", "=", "");
    reads("tricky=~~~", "tricky", "=~", "~~");
    reads("tricky==!=", "tricky", "=", "=!=");
    reads("name-with-dashes=\"bar\"", "name-with-dashes", "=", "bar");
    reads("foo=bar,a=b", "foo", "=", "bar,a=b");
    reads("\"two words\"=\"bar\"", "two words", "=", "bar");
    reads("foo🙂=bar", "foo🙂", "=", "bar");
}

#[test]
fn escapes_are_read_as_the_deciding_grammar_reads_them() {
    reads(r#"foo="a\"b""#, "foo", "=", "a\"b");
    reads(r#"foo="a\nb\\c""#, "foo", "=", "a\nb\\c");
    // Go's tab escape against a literal backslash: the grammars differ, so the older one decides.
    reads(r#"foo="a\tb""#, "foo", "=", r"a\tb");
    // Only the newer grammar reads this name, so Go's escapes hold.
    reads(r#"foo-bar="a\tb\x41\101\u00e9\U0001F514""#, "foo-bar", "=", "a\tbAAé🔔");
    reads(r#"foo-bar="\xc3\xa9""#, "foo-bar", "=", "é");
    reads(r"foo=a\b\", "foo", "=", r"a\b\");
}

#[test]
fn what_no_grammar_reads_is_refused() {
    for text in [
        "",
        " ",
        "foo",
        "=bar",
        "{foo=bar}",
        "{foo=bar",
        "job=\"value",
        "job=value\"",
        "job=va\"lue",
        "foo=\"bar\\\"",
        "foo-bar",
        "foo-bar=",
        "foo-bar=\"\\xff\"",
        "foo-bar=\"\\q\"",
        "foo-bar=\"\\400\"",
        "foo-bar=\"\\ud800\"",
        "1foo=~~",
        "\"\"=\"x\"",
    ] {
        assert!(text.parse::<Matcher>().is_err(), "{text}");
    }
}

#[test]
fn a_bad_or_oversized_regex_is_refused() {
    assert_eq!(
        "foo=~\"invalid[regexp\"".parse::<Matcher>().unwrap_err().to_string(),
        "`invalid[regexp` is not a regex that can be used: write RE2 syntax, and less of it if it is long"
    );
    assert!("foo=~\"(a{1000}){1000}\"".parse::<Matcher>().is_err());
}

#[test]
fn a_regex_matches_the_whole_value() {
    let labels = Labels::from([("region".to_owned(), "eu-west".to_owned())]);
    let matches = |text: &str| text.parse::<Matcher>().unwrap().matches(&labels);
    assert!(matches("region=~eu-.*"));
    assert!(matches("region=~\"us|eu-west\""));
    assert!(!matches("region=~eu"));
    assert!(matches("region!~eu"));
    assert!(!matches("region!~eu-.+"));
}

#[test]
fn a_missing_label_is_the_empty_text() {
    let none = Labels::new();
    let matches = |text: &str| text.parse::<Matcher>().unwrap().matches(&none);
    assert!(matches("env="));
    assert!(matches("env!=prod"));
    assert!(matches("env=~.*"));
    assert!(!matches("env=~.+"));
    assert!(!matches("env=prod"));
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,64}") {
        let _ = text.parse::<Matcher>();
    }

    #[test]
    fn a_matcher_survives_its_text(name in "[a-z_-][a-z0-9_ 🔔-]{0,8}", value in "[a-z\"\\\\\n{}=~, é]{0,12}", negative: bool) {
        let operator = if negative { Operator::NotEqual } else { Operator::Equal };
        let matcher = Matcher::new(name, operator, value).unwrap();
        prop_assert_eq!(matcher.to_string().parse::<Matcher>().unwrap(), matcher);
    }

    #[test]
    fn a_matcher_and_its_opposite_never_agree(value in "[ab]{0,3}", pattern in "[ab.*|]{0,5}") {
        let (Ok(positive), Ok(negative)) = (
            Matcher::new("l", Operator::Regex, &pattern),
            Matcher::new("l", Operator::NotRegex, &pattern),
        ) else { return Ok(()) };
        prop_assert_ne!(positive.matches_value(&value), negative.matches_value(&value));
    }
}
