//! The person at the terminal, where there is one.

use std::io::{self, IsTerminal, Write};

use net::Secret;

/// A screen on which the same place is written again and again.
#[derive(Clone, Copy)]
pub(super) struct Screen(());

#[expect(clippy::unused_self, reason = "who has it knows that there is a screen")]
impl Screen {
    /// The screen, if a person sees it.
    pub(super) fn attached() -> Option<Self> {
        io::stdout().is_terminal().then_some(Self(()))
    }

    /// Writes `head` and as much of `body` as there is room for over what stood there.
    pub(super) fn draw(self, head: &str, body: &str) {
        let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
        let mut output = io::stdout();
        // Nobody is left to read an error.
        let _ = write!(output, "{}", frame(head, body, (columns.into(), rows.into())));
        let _ = output.flush();
    }
}

/// What puts `head` and `body` on a screen of so many columns and rows without making it flicker.
fn frame(head: &str, body: &str, (columns, rows): (usize, usize)) -> String {
    let lines: Vec<_> = body.lines().collect();
    // The head, what is said of the rest, and the cursor.
    let room = rows.saturating_sub(2).max(1);
    let shown = if lines.len() <= room { lines.len() } else { room - 1 };
    let mut text = format!("\u{1b}[H{}\u{1b}[K\n", head.chars().take(columns).collect::<String>());
    for line in &lines[..shown] {
        text.extend([line, "\u{1b}[K\n"]);
    }
    if shown < lines.len() {
        let more = lines.len() - shown;
        text.extend([
            "… and ",
            &more.to_string(),
            " lines more: narrow the list, or make the window higher\u{1b}[K\n",
        ]);
    }
    text + "\u{1b}[J"
}

/// Somebody who answers questions.
pub(super) trait Prompt {
    /// What they answer to `question`.
    fn ask(&mut self, question: &str) -> Result<Secret, AskError>;

    /// The same, without showing what they type.
    fn ask_secretly(&mut self, question: &str) -> Result<Secret, AskError>;
}

/// A question without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the terminal gave no answer")]
pub(super) struct AskError(#[from] io::Error);

/// The terminal that the command was typed into.
pub(super) struct Terminal(());

impl Terminal {
    /// The terminal, if a person is there to be asked and not a script.
    pub(super) fn attached() -> Option<Self> {
        io::stdin().is_terminal().then_some(Self(()))
    }
}

impl Prompt for Terminal {
    fn ask(&mut self, question: &str) -> Result<Secret, AskError> {
        // Standard output may go into a file.
        write!(io::stderr(), "{question}: ")?;
        let mut answer = String::new();
        match io::stdin().read_line(&mut answer)? {
            0 => Err(AskError(io::ErrorKind::UnexpectedEof.into())),
            _ => Ok(Secret::new(answer.trim())),
        }
    }

    fn ask_secretly(&mut self, question: &str) -> Result<Secret, AskError> {
        Ok(Secret::new(rpassword::prompt_password(format!("{question}: "))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_writes_over_the_one_before_and_says_what_it_has_no_room_for() {
        let drawn = |rows| frame("a long head", "one\ntwo\nthree", (6, rows)).replace('\u{1b}', "^");
        assert_eq!(drawn(24), "^[Ha long^[K\none^[K\ntwo^[K\nthree^[K\n^[J");
        assert_eq!(drawn(5), drawn(24));
        let more = "… and 2 lines more: narrow the list, or make the window higher";
        assert_eq!(drawn(4), format!("^[Ha long^[K\none^[K\n{more}^[K\n^[J"));
    }
}
