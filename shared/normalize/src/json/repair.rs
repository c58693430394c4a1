//! Mends single spots of damaged JSON, in one pass and without recursion.
//!
//! | spot | becomes |
//! |---|---|
//! | raw control character in a text | its escape |
//! | half of a surrogate pair | U+FFFD |
//! | backslash that escapes nothing, quote that cannot end its text | itself, escaped |
//! | `NaN`, `Infinity`, `undefined`, no value at all | `null` |
//! | `True`, `FALSE` | `true`, `false` |
//! | `007`, `+1`, `.5` and other bare words | a text of their own characters |
//! | blanks, controls and damaged bytes between words, commas too many | nothing |
//! | a comma forgotten before a key, unless a text ends there | the comma |
//! | signs behind the value that end or part something | nothing |
//!
//! A list or an object is asked for: what is neither is prose. What is cut off, or could be read in two ways, is no
//! JSON to it: a guess could make another alert of it.

use serde_json::Value;

use super::DEEPEST;
use super::exact::is_number;
use super::string::{Position, copy, is_blank, skip_blank};

/// Strict JSON that says what `json` seems to say; `None` if that is not certain.
pub(super) fn repair(json: &str) -> Option<String> {
    if !skip_blank(json).starts_with(['{', '[']) {
        return None;
    }
    let mut mender = Mender {
        json,
        at: 0,
        out: String::with_capacity(json.len() + 16),
        open: Vec::new(),
        next: Next::Value,
    };
    while mender.next != Next::Nothing {
        mender.step()?;
    }
    let is_over = |c| is_blank(c) || matches!(c, '}' | ']' | ',' | ';');
    mender.rest().chars().all(is_over).then_some(mender.out)
}

/// What is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Object,
    List,
}

/// What should come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Any value.
    Value,
    /// A key, or the end of the object.
    Key,
    /// A colon.
    Colon,
    /// A value, or the end of the list.
    Element,
    /// A comma, or the end of what is open.
    Comma,
    /// Nothing: the value is complete.
    Nothing,
}

struct Mender<'a> {
    json: &'a str,
    at: usize,
    out: String,
    open: Vec<Container>,
    next: Next,
}

impl<'a> Mender<'a> {
    fn rest(&self) -> &'a str {
        self.json.get(self.at..).unwrap_or_default()
    }

    /// Reads one word; `None` where it makes no sense.
    fn step(&mut self) -> Option<()> {
        self.at = self.json.len() - skip_blank(self.rest()).len();
        let sign = self.rest().chars().next()?;
        match (self.next, sign) {
            (Next::Key | Next::Element | Next::Comma, '}' | ']') => self.close(sign)?,
            (Next::Key | Next::Element, ',') => self.at += 1,
            (Next::Key, _) => self.key(sign)?,
            (Next::Colon, ':') => self.colon(),
            (Next::Value, ',' | '}') if self.is_in(Container::Object) => self.put("null"),
            (Next::Value | Next::Element, _) => self.value(sign)?,
            (Next::Comma, ',') => self.comma(),
            (Next::Comma, '"') if self.is_in(Container::Object) => self.next = Next::Key,
            (Next::Colon | Next::Comma | Next::Nothing, _) => return None,
        }
        Some(())
    }

    fn is_in(&self, container: Container) -> bool {
        self.open.last() == Some(&container)
    }

    fn colon(&mut self) {
        self.out.push(':');
        self.next = Next::Value;
        self.at += 1;
    }

    fn comma(&mut self) {
        self.next = if self.is_in(Container::Object) { Next::Key } else { Next::Element };
        self.at += 1;
    }

    /// Writes the comma that parts what follows from what is there.
    fn part(&mut self) {
        if !self.out.ends_with(['{', '[', ':']) && !self.out.is_empty() {
            self.out.push(',');
        }
    }

    fn key(&mut self, sign: char) -> Option<()> {
        self.part();
        self.next = Next::Colon;
        if sign == '"' {
            self.at = copy(self.json, self.at, Position::Key, &mut self.out)?;
            return Some(());
        }
        let word = self.word();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$');
        self.at += word.len();
        (!word.is_empty() && word.chars().all(is_name)).then(|| self.out.push_str(&quoted(word)))
    }

    fn value(&mut self, sign: char) -> Option<()> {
        self.part();
        match sign {
            '{' => self.open(Container::Object),
            '[' => self.open(Container::List),
            '"' => {
                let place = if self.is_in(Container::Object) { Position::Member } else { Position::Element };
                self.at = copy(self.json, self.at, place, &mut self.out)?;
                self.complete();
                Some(())
            }
            _ => self.bare(),
        }
    }

    fn open(&mut self, container: Container) -> Option<()> {
        let (sign, next) = match container {
            Container::Object => ('{', Next::Key),
            Container::List => ('[', Next::Element),
        };
        self.out.push(sign);
        self.open.push(container);
        self.next = next;
        self.at += 1;
        (self.open.len() <= DEEPEST).then_some(())
    }

    fn close(&mut self, sign: char) -> Option<()> {
        let container = self.open.pop()?;
        let is_right = sign == if container == Container::Object { '}' } else { ']' };
        self.out.push(sign);
        self.at += 1;
        is_right.then(|| self.complete())
    }

    /// A value that is neither a text nor a tree.
    fn bare(&mut self) -> Option<()> {
        let word = self.word();
        self.at += word.len();
        match word.to_ascii_lowercase().as_str() {
            "" => return None,
            _ if is_comment(word) => return None,
            "true" => self.put("true"),
            "false" => self.put("false"),
            "null" | "none" | "nil" | "undefined" => self.put("null"),
            lower if is_no_number(lower) => self.put("null"),
            _ if is_number(word) => self.put(word),
            _ => self.put(&quoted(word)),
        }
        Some(())
    }

    /// The characters up to the next sign or the end of the line.
    fn word(&self) -> &'a str {
        let rest = self.rest();
        let end = rest.find([',', ':', '{', '}', '[', ']', '"', '\n', '\r']).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default().trim_end()
    }

    fn put(&mut self, value: &str) {
        self.out.push_str(value);
        self.complete();
    }

    fn complete(&mut self) {
        self.next = if self.open.is_empty() { Next::Nothing } else { Next::Comma };
    }
}

/// `word` as a text of JSON.
fn quoted(word: &str) -> String {
    Value::from(word).to_string()
}

/// Whether a comment stands in `word`: nobody knows where that was meant to end.
fn is_comment(word: &str) -> bool {
    word.contains("//") || word.contains("/*")
}

/// Whether `word` is what programs print for a number that is none.
fn is_no_number(word: &str) -> bool {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    matches!(unsigned, "nan" | "inf" | "infinity" | "nan(ind)" | "1.#inf" | "1.#ind" | "1.#qnan")
}
