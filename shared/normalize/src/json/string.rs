//! A text of damaged JSON, written again as JSON has it.

use serde_json::Value;

/// Where a text stands, which decides what may follow its closing quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// Before a colon.
    Key,
    /// After a colon.
    Member,
    /// In a list, or alone.
    Element,
}

/// Copies the text whose opening quote is at `start` to `out`, and returns where it ends; `None` if it does not.
///
/// Raw control characters and lone surrogates are escaped or replaced, a backslash that escapes nothing stays one,
/// and a quote that cannot be the closing one is part of the text.
pub(super) fn copy(json: &str, start: usize, place: Position, out: &mut String) -> Option<usize> {
    out.push('"');
    let mut at = start + 1;
    loop {
        let rest = json.get(at..)?;
        let next = rest.chars().next()?;
        at += next.len_utf8();
        match next {
            '"' => match after_quote(json, at, place) {
                AfterQuote::End => {
                    out.push('"');
                    return Some(at);
                }
                AfterQuote::Text => out.push_str("\\\""),
                AfterQuote::Lost => return None,
            },
            '\\' => at += copy_escape(json.get(at..)?, out),
            control if control < ' ' => escape(control, out),
            other => out.push(other),
        }
    }
}

/// What a quote inside a text is.
enum AfterQuote {
    /// Its end.
    End,
    /// A quote that somebody forgot to escape.
    Text,
    /// The sign that a quote before it is missing: to go on would swallow a member.
    Lost,
}

/// Judges a quote by what comes behind it, at `at`.
fn after_quote(json: &str, at: usize, place: Position) -> AfterQuote {
    let rest = skip_blank(json.get(at..).unwrap_or_default());
    let follows = rest.chars().next();
    match (place, follows) {
        (Position::Member, Some(',')) if !begins_member(rest.get(1..).unwrap_or_default()) => {
            AfterQuote::Text
        }
        (_, None)
        | (Position::Key, Some(':'))
        | (Position::Element, Some(',' | ']'))
        | (Position::Member, Some(',' | '}')) => AfterQuote::End,
        (Position::Key | Position::Element, Some(_)) | (Position::Member, Some(':')) => AfterQuote::Lost,
        (Position::Member, Some(_)) => AfterQuote::Text,
    }
}

/// Whether `rest`, which stands behind a comma, goes on as an object does.
fn begins_member(rest: &str) -> bool {
    matches!(skip_blank(rest).chars().next(), None | Some('"' | '}' | ','))
}

/// `text` from its first character on that is neither blank nor a damaged byte.
pub(super) fn skip_blank(text: &str) -> &str {
    text.trim_start_matches(is_blank)
}

/// Whether `c` means nothing between two words of JSON.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{fffd}')
}

/// Copies what stands behind a backslash, and returns how many bytes of it are done.
fn copy_escape(rest: &str, out: &mut String) -> usize {
    match rest.as_bytes().first() {
        Some(b'u') => copy_unicode(rest, out),
        Some(sign @ (b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => {
            out.extend(['\\', char::from(*sign)]);
            1
        }
        _ => {
            out.push_str("\\\\");
            0
        }
    }
}

/// Copies `uXXXX`, with its other half where it is the first one of a pair.
fn copy_unicode(rest: &str, out: &mut String) -> usize {
    let Some(unit) = unit(rest) else {
        out.push_str("\\\\");
        return 0;
    };
    let second = rest.get(5..).and_then(|rest| rest.strip_prefix('\\')).and_then(self::unit);
    match (unit, second) {
        (0xd800..=0xdbff, Some(0xdc00..=0xdfff)) => {
            out.push('\\');
            out.push_str(rest.get(..11).unwrap_or_default());
            11
        }
        (0xd800..=0xdfff, _) => {
            out.push_str("\\ufffd");
            5
        }
        _ => {
            out.push('\\');
            out.push_str(rest.get(..5).unwrap_or_default());
            5
        }
    }
}

/// The UTF-16 unit that `uXXXX` at the beginning of `rest` stands for.
fn unit(rest: &str) -> Option<u16> {
    let digits = rest.strip_prefix('u')?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
}

fn escape(control: char, out: &mut String) {
    out.push_str(Value::from(control.to_string()).to_string().trim_matches('"'));
}
