//! The Query protocol: a form as the request, a little XML as the answer.

use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;

use crate::aws::Refusal;

/// The operation `action` with `input`: texts, and maps of them.
pub(super) fn form(action: &str, version: &str, input: &Value) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("Action", action).append_pair("Version", version);
    for (name, value) in input.as_object().into_iter().flatten() {
        match value {
            Value::String(text) => {
                form.append_pair(name, text);
            }
            Value::Object(entries) => append_entries(&mut form, name, entries),
            _ => {}
        }
    }
    form.finish()
}

/// A map, whose entries are counted from 1.
fn append_entries(form: &mut Serializer<'_, String>, name: &str, entries: &Map<String, Value>) {
    for (number, (key, members)) in (1..).zip(entries) {
        form.append_pair(&format!("{name}.entry.{number}.Name"), key);
        for (member, value) in members.as_object().into_iter().flatten() {
            let Some(text) = value.as_str() else { continue };
            form.append_pair(&format!("{name}.entry.{number}.Value.{member}"), text);
        }
    }
}

/// The output in `xml`; none if it has no id.
pub(super) fn output(xml: &str) -> Option<Value> {
    let mut output = Map::new();
    output.insert("MessageId".to_owned(), element(xml, "MessageId")?.into());
    if let Some(number) = element(xml, "SequenceNumber") {
        output.insert("SequenceNumber".to_owned(), number.into());
    }
    Some(output.into())
}

/// The error in `xml`, if there is one.
pub(super) fn refusal(xml: &str) -> Option<Refusal> {
    let code = element(xml, "Code")?;
    Some(Refusal { code, message: element(xml, "Message").unwrap_or_default() })
}

/// The text of the first element `name`, which holds nothing but text.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(unescaped(text.trim()))
}

/// `text` with its references replaced; what is none stays.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut unescaped = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let reference = part.split_once(';').and_then(|(name, rest)| Some((referred(name)?, rest)));
        let (character, rest) = reference.unwrap_or(('&', part));
        unescaped.push(character);
        unescaped.push_str(rest);
    }
    unescaped
}

fn referred(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_replaced_once() {
        assert_eq!(unescaped("a &lt;b&gt; &amp;amp; &#233;&#xe9; &quot;&apos;"), "a <b> &amp; éé \"'");
        assert_eq!(unescaped("R&D & &nbsp; &#xD800; &"), "R&D & &nbsp; &#xD800; &");
    }

    #[test]
    fn half_an_answer_has_no_elements() {
        assert_eq!(element("<A><MessageId>1234", "MessageId"), None);
        assert_eq!(element("<html>503</html>", "Code"), None);
    }
}
