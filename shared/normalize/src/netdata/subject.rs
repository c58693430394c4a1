//! Whether a client certificate is Netdata's own: a search for `CN=app.netdata.cloud` anywhere in the subject would
//! be met by any certificate that may choose another part of its subject.
//!
//! Reads the text form of a distinguished name (RFC 4514, with the blanks and quotes that older writers use).
//! Whatever it cannot read matches nothing.

/// Whether `subject_dn` is well-formed and has exactly one common name, which is `common_name` byte for byte.
pub fn subject_has_common_name(subject_dn: &str, common_name: &str) -> bool {
    let names = common_names(subject_dn.as_bytes()).unwrap_or_default();
    !common_name.is_empty() && names == [common_name.as_bytes()]
}

/// The common names in `subject`; `None` if it is malformed anywhere.
fn common_names(subject: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    let mut rest = Some(subject);
    while let Some(text) = rest {
        let (attribute, following) = Attribute::read(text)?;
        if attribute.is_common_name() {
            names.push(attribute.value);
        }
        rest = following;
    }
    Some(names)
}

/// One `type=value`.
struct Attribute<'a> {
    kind: &'a [u8],
    value: Vec<u8>,
}

/// The unescaped value and what follows its separator, if there is one.
type Value<'a> = (Vec<u8>, Option<&'a [u8]>);

impl<'a> Attribute<'a> {
    /// The attribute at the start of `text` and what follows its separator.
    fn read(text: &'a [u8]) -> Option<(Self, Option<&'a [u8]>)> {
        let equals = text.iter().position(|&byte| byte == b'=')?;
        let (kind, value) = (trim(&text[..equals]), trim_start(&text[equals + 1..]));
        let is_legible = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        if kind.is_empty() || !kind.iter().all(is_legible) {
            return None;
        }
        if is_common_name(kind) && value.starts_with(b"#") {
            return None;
        }
        let (value, following) = value.strip_prefix(b"\"").map_or_else(|| plain(value), quoted)?;
        Some((Self { kind, value }, following))
    }

    fn is_common_name(&self) -> bool {
        is_common_name(self.kind)
    }
}

fn is_common_name(kind: &[u8]) -> bool {
    kind.eq_ignore_ascii_case(b"CN") || kind == b"2.5.4.3"
}

/// A value up to the next separator, without the blanks at its end unless they are escaped.
fn plain(mut rest: &[u8]) -> Option<Value<'_>> {
    let mut value = Vec::new();
    let mut kept = 0;
    loop {
        let Some((&byte, tail)) = rest.split_first() else {
            value.truncate(kept);
            return Some((value, None));
        };
        rest = tail;
        match byte {
            b',' | b'+' => {
                value.truncate(kept);
                return Some((value, Some(rest)));
            }
            b'"' => return None,
            b'\\' => {
                let (escaped, tail) = escape(rest)?;
                value.push(escaped);
                rest = tail;
            }
            _ => value.push(byte),
        }
        if byte != b' ' {
            kept = value.len();
        }
    }
}

/// A value up to its closing quote, after which only blanks may stand before the separator.
fn quoted(mut rest: &[u8]) -> Option<Value<'_>> {
    let mut value = Vec::new();
    loop {
        let (&byte, tail) = rest.split_first()?;
        rest = tail;
        match byte {
            b'"' => break,
            b'\\' => {
                let (escaped, tail) = escape(rest)?;
                value.push(escaped);
                rest = tail;
            }
            _ => value.push(byte),
        }
    }
    match trim_start(rest).split_first() {
        None => Some((value, None)),
        Some((b',' | b'+', following)) => Some((value, Some(following))),
        Some(_) => None,
    }
}

/// The byte that an escape stands for, either in two hex digits or as itself, and what follows it.
fn escape(rest: &[u8]) -> Option<(u8, &[u8])> {
    if let [high, low, tail @ ..] = rest
        && let (Some(high), Some(low)) = (hex_digit(*high), hex_digit(*low))
    {
        return Some((high << 4 | low, tail));
    }
    rest.split_first().map(|(&byte, tail)| (byte, tail))
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn trim(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1);
    trim_start(&text[..end])
}

fn trim_start(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&byte| byte != b' ').unwrap_or(text.len());
    &text[start..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: &str = "app.netdata.cloud";

    #[test]
    fn the_name_is_found_wherever_and_however_it_is_written() {
        let subjects = [
            "CN=app.netdata.cloud",
            r"C=US,ST=California,L=San Francisco,O=Netdata\, Inc.,OU=Cloud SRE,CN=app.netdata.cloud",
            r#"C = US, O = "Netdata, Inc.", CN = app.netdata.cloud"#,
            "CN=app.netdata.cloud,OU=Cloud SRE,C=US",
            "  cn = app.netdata.cloud  , C=US ",
            "2.5.4.3=app.netdata.cloud",
            "OU=Cloud SRE+CN=app.netdata.cloud,C=US",
            r#"CN="app.netdata.cloud""#,
            r#"CN = "app.netdata.cloud" + C=US"#,
            r"CN=app\.netdata\2ecloud",
            r"CN=app\2Enetdata.cloud",
            r#"O="a \"quoted\" \\ name",CN=app.netdata.cloud"#,
            "O=#0c0141,CN=app.netdata.cloud",
            "O=,CN=app.netdata.cloud",
            "O=Zürich,CN=app.netdata.cloud",
        ];
        for subject in subjects {
            assert!(subject_has_common_name(subject, NAME), "{subject}");
        }
    }

    #[test]
    fn another_name_or_the_name_in_another_place_is_no_match() {
        let subjects = [
            "CN=app.netdata.cloud.evil.example",
            "CN=appXnetdata.cloud",
            "CN=APP.netdata.cloud",
            r"O=x\,CN=app.netdata.cloud,CN=evil.example",
            r#"O="x,CN=app.netdata.cloud",CN=evil.example"#,
            "OU=CN=app.netdata.cloud,CN=evil.example",
            "OU=CN=app.netdata.cloud",
            "O=app.netdata.cloud",
            "xCN=app.netdata.cloud",
            r"CN=app.netdata.cloud\00.evil.example",
            r"CN=app.netdata.cloud\ ",
            r"CN=\ app.netdata.cloud",
            r#"CN=" app.netdata.cloud""#,
            r#"CN="CN=app.netdata.cloud""#,
            "CN=app.netdata.cloud;O=x",
            "CN=\tapp.netdata.cloud",
        ];
        for subject in subjects {
            assert!(!subject_has_common_name(subject, NAME), "{subject}");
        }
    }

    #[test]
    fn no_name_or_two_names_are_no_match() {
        let subjects = [
            "",
            " ",
            "C=US,O=Netdata",
            "CN=",
            "CN=evil.example,CN=app.netdata.cloud",
            "CN=app.netdata.cloud,CN=evil.example",
            "CN=app.netdata.cloud+CN=evil.example",
            "CN=app.netdata.cloud,2.5.4.3=evil.example",
            "CN=app.netdata.cloud,cn=app.netdata.cloud",
        ];
        for subject in subjects {
            assert!(!subject_has_common_name(subject, NAME), "{subject}");
        }
    }

    #[test]
    fn a_malformed_subject_is_no_match() {
        let subjects = [
            "www.example.com",
            "app.netdata.cloud",
            "CN=app.netdata.cloud,",
            ",CN=app.netdata.cloud",
            "CN=app.netdata.cloud,evil",
            "CN=app.netdata.cloud,=x",
            "/C=US/CN=app.netdata.cloud",
            r"CN=app.netdata.cloud\",
            r#"CN="app.netdata.cloud"#,
            r#"CN="app.netdata.cloud"x"#,
            r#"CN=app.netdata.cloud"""#,
            r#"O=a"b,CN=app.netdata.cloud"#,
            "CN=#6170702e6e6574646174612e636c6f7564",
            r#""CN"=app.netdata.cloud"#,
            r"C\4e=app.netdata.cloud",
        ];
        for subject in subjects {
            assert!(!subject_has_common_name(subject, NAME), "{subject}");
        }
    }

    #[test]
    fn no_configured_name_matches_nothing() {
        assert!(!subject_has_common_name("CN=", ""));
        assert!(!subject_has_common_name("", ""));
    }

    fn escaped(value: &str) -> String {
        value.bytes().flat_map(|byte| format!("\\{byte:02x}").into_bytes()).map(char::from).collect()
    }

    proptest! {
        #[test]
        fn no_text_panics(subject in ".*", name in ".*") {
            let _ = subject_has_common_name(&subject, &name);
        }

        #[test]
        fn no_text_of_the_grammars_own_characters_panics(subject in r##"[CNO=,+\\"# 0-9a-f.]{0,40}"##) {
            let _ = subject_has_common_name(&subject, NAME);
        }

        #[test]
        fn an_escaped_organisation_never_becomes_a_name(organisation in ".*") {
            let subject = format!("O={},CN=evil.example", escaped(&organisation));
            prop_assert!(!subject_has_common_name(&subject, NAME));
            prop_assert!(subject_has_common_name(&subject, "evil.example"));
        }

        #[test]
        fn any_name_is_found_once_it_is_escaped(name in ".+") {
            let subject = format!("C=US, CN={}", escaped(&name));
            prop_assert!(subject_has_common_name(&subject, &name));
        }
    }
}
