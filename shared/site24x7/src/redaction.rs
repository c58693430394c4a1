//! Texts of other systems, made fit to be shown.

use net::{Redactor, Secret, sanitize};

/// How much of a foreign message is kept: enough to recognise it, too little to fill a log.
const MESSAGE_CHARS: usize = 300;

/// A message of another system, fit to be shown: without the given secrets, on one line, of bounded length.
pub(crate) fn presentable<'a>(message: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> String {
    let redactor = Redactor::new(secrets.into_iter().map(Secret::expose));
    redactor.redact(&sanitize::line(message)).chars().take(MESSAGE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_message_loses_secrets_line_breaks_and_its_tail() {
        let secret = Secret::new("1000.abc");
        let message = format!("bad token 1000.abc\r\n{}", "x".repeat(1000));
        let shown = presentable(&message, [&secret, &Secret::new("")]);
        assert!(shown.starts_with("bad token [redacted] xxx"), "{shown}");
        assert_eq!(shown.chars().count(), MESSAGE_CHARS);
    }
}
