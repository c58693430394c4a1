//! Addresses as SES takes them: ASCII, with or without a name in front.

use crate::settings::{Fields, shown};

/// Most characters of an address.
const LONGEST: usize = 320;

/// `text`, which is member `name`, if it is an address.
pub(super) fn checked(fields: &mut Fields, name: &str, text: &str) -> Option<String> {
    match parse(text) {
        Ok(address) => Some(address),
        Err(problem) => {
            fields.mistake(name, problem);
            None
        }
    }
}

/// `text` if it is `local@domain` or `Name <local@domain>`.
pub(super) fn parse(text: &str) -> Result<String, String> {
    let text = text.trim();
    let (name, bare) = match text.strip_suffix('>').and_then(|rest| rest.split_once('<')) {
        Some((name, bare)) => (name, bare),
        None => ("", text),
    };
    if text.chars().any(|c| !matches!(c, ' '..='~')) {
        return Err(format!(
            "`{}` has characters beyond ASCII: write the domain in Punycode (xn--…), and a name without accents",
            shown(text)
        ));
    }
    if name.contains(['<', '>', '@', ',']) || !is_address(bare) {
        return Err(format!(
            "`{}` is not an address: write it like ops@example.com or Ops <ops@example.com>",
            shown(text)
        ));
    }
    Ok(text.to_owned())
}

fn is_address(text: &str) -> bool {
    let is_plain = text.len() <= LONGEST && !text.contains([' ', '<', '>', ',', ';', '"', '(', ')']);
    let is_whole = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && domain.split('.').all(|part| !part.is_empty())
            && domain.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    });
    is_plain && is_whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_ses_takes_are_taken() {
        for text in ["ops@example.com", "Ops <ops@example.com>", " a.b+c@mail.example.co.uk "] {
            assert_eq!(parse(text), Ok(text.trim().to_owned()), "{text}");
        }
        for text in [
            "",
            "ops",
            "ops@",
            "@example.com",
            "ops@example",
            "ops@example..com",
            "a@b@example.com",
            "ops@exämple.com",
            "öps@example.com",
            "a@example.com, b@example.com",
            "Ops <ops>",
            "a@example.com\r\nBcc: b@example.com",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
