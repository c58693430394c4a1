//! The person at the terminal, where there is one.

use std::io::{self, IsTerminal, Write};

use intake::Sensitive;

/// Somebody who answers questions.
pub(super) trait Prompt {
    /// What they answer to `question`.
    fn ask(&mut self, question: &str) -> Result<Sensitive, AskError>;

    /// The same, without showing what they type.
    fn ask_secretly(&mut self, question: &str) -> Result<Sensitive, AskError>;
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
    fn ask(&mut self, question: &str) -> Result<Sensitive, AskError> {
        // Standard output may go into a file.
        write!(io::stderr(), "{question}: ")?;
        let mut answer = String::new();
        match io::stdin().read_line(&mut answer)? {
            0 => Err(AskError(io::ErrorKind::UnexpectedEof.into())),
            _ => Ok(Sensitive::new(answer.trim())),
        }
    }

    fn ask_secretly(&mut self, question: &str) -> Result<Sensitive, AskError> {
        Ok(Sensitive::new(rpassword::prompt_password(format!("{question}: "))?))
    }
}
