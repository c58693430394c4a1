//! Texts of other systems, made fit to be shown.

use net::Secret;

/// How much of a foreign message is kept: enough to recognise it, too little to fill a log.
const MESSAGE_CHARS: usize = 300;

/// A message of another system, fit to be shown: without the given secrets, on one line, of bounded length.
pub(crate) fn presentable<'a>(message: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> String {
    let mut text = message.to_owned();
    for secret in secrets.into_iter().filter(|secret| !secret.expose().is_empty()) {
        text = text.replace(secret.expose(), "[redacted]");
    }
    let line = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    line.take(MESSAGE_CHARS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_message_loses_secrets_line_breaks_and_its_tail() {
        let secret = Secret::new("1000.abc");
        let message = format!("bad token 1000.abc\r\n{}", "x".repeat(1000));
        let shown = presentable(&message, [&secret, &Secret::new("")]);
        assert!(shown.starts_with("bad token [redacted]  xxx"), "{shown}");
        assert_eq!(shown.chars().count(), MESSAGE_CHARS);
    }
}
