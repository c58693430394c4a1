//! Texts in double quotes with the escapes of Go's string literals.

use std::fmt;
use std::str::Chars;

use super::strict::is_reserved;

/// Reads the quoted text that `text` begins with; also yields what follows it.
pub(super) fn read(text: &str) -> Option<(String, &str)> {
    let mut characters = text.strip_prefix('"')?.chars();
    let mut bytes = Vec::new();
    loop {
        match characters.next()? {
            '"' => return Some((String::from_utf8(bytes).ok()?, characters.as_str())),
            '\n' => return None,
            '\\' => escape(&mut characters, &mut bytes)?,
            other => push(other, &mut bytes),
        }
    }
}

/// Reads what follows a backslash. `\x` and octal escapes are bytes, so several may make one character.
fn escape(characters: &mut Chars<'_>, bytes: &mut Vec<u8>) -> Option<()> {
    match characters.next()? {
        'u' => push(char::from_u32(digits(characters, 4, 16)?)?, bytes),
        'U' => push(char::from_u32(digits(characters, 8, 16)?)?, bytes),
        'x' => bytes.push(u8::try_from(digits(characters, 2, 16)?).ok()?),
        first => bytes.push(single(first).or_else(|| octal(first, characters))?),
    }
    Some(())
}

/// The byte of an escape of one letter.
const fn single(letter: char) -> Option<u8> {
    match letter {
        'a' => Some(0x07),
        'b' => Some(0x08),
        'f' => Some(0x0c),
        'n' => Some(b'\n'),
        'r' => Some(b'\r'),
        't' => Some(b'\t'),
        'v' => Some(0x0b),
        '\\' => Some(b'\\'),
        '"' => Some(b'"'),
        _ => None,
    }
}

fn octal(first: char, characters: &mut Chars<'_>) -> Option<u8> {
    let number = first.to_digit(8)? * 64 + digits(characters, 2, 8)?;
    u8::try_from(number).ok()
}

fn digits(characters: &mut Chars<'_>, count: u32, radix: u32) -> Option<u32> {
    (0..count).try_fold(0_u32, |number, _| {
        let digit = characters.next()?.to_digit(radix)?;
        number.checked_mul(radix)?.checked_add(digit)
    })
}

fn push(character: char, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Writes a label's name: bare where both grammars read it so.
pub(super) fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    if name.contains(is_reserved) { write(f, name) } else { f.write_str(name) }
}

/// Writes `text` in quotes, with the escapes that both grammars know.
pub(super) fn write(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            other => write!(f, "{other}")?,
        }
    }
    f.write_str("\"")
}
