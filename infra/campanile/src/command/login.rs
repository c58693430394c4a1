//! `campanile login`: where Campanile is and the token for it, once and for all commands.

use std::io;

use clap::Args;
use net::Secret;
use serde::Deserialize;

use super::profile::{ProfileError, Stored};
use super::server::Server;
use super::terminal::{Prompt, Terminal};
use super::terminal_text::sanitize_for_terminal;
use super::{Outcome, say};

/// Store an address and a token, which the other commands use from then on
///
/// The token is asked for without being shown, or read from standard input. It is tried first. It is stored in the
/// folder of your settings, in `campanile/credentials.json`, which nobody else may read.
#[derive(Debug, Args)]
pub(super) struct Login {
    /// Forget the profile instead
    #[arg(long)]
    forget: bool,
    #[command(flatten)]
    server: Server,
}

/// Whose token it is.
#[derive(Deserialize)]
struct Who {
    name: String,
    role: String,
}

/// Nothing was stored.
#[derive(Debug, thiserror::Error)]
enum LoginError {
    #[error("no token was given: type it, or give it on standard input")]
    NoToken,
    #[error("the token cannot be read from standard input")]
    Read(#[source] io::Error),
}

impl Login {
    pub(super) async fn run(mut self) -> Outcome {
        if self.forget {
            return Ok(self.forget()?);
        }
        let token = match self.server.given_token() {
            Some(token) => token.clone(),
            None => asked(&format!("Token for {}, which is not shown", self.server.address()?))?,
        };
        self.server.present(token.clone());
        let Who { name, role } = self.server.get("/v1/session", &[]).await?.read()?;
        let url = self.server.address()?.clone();
        let file = self.server.profile().store(Stored { url: url.clone(), token })?;
        let who = sanitize_for_terminal(&format!("{name}, with the role {role}"));
        say(format!(
            "logged in at {url} as {who}: the profile `{}` is in {}",
            self.server.profile(),
            file.display()
        ));
        Ok(())
    }

    fn forget(&self) -> Result<(), ProfileError> {
        let file = self.server.profile().forget()?;
        say(format!("the profile `{}` is no longer in {}", self.server.profile(), file.display()));
        Ok(())
    }
}

fn asked(question: &str) -> Outcome<Secret> {
    let token = match Terminal::attached() {
        Some(mut terminal) => terminal.ask_secretly(question)?,
        None => Secret::new(io::read_to_string(io::stdin()).map_err(LoginError::Read)?),
    };
    let token = Secret::new(token.expose().trim());
    if token.expose().is_empty() { Err(LoginError::NoToken.into()) } else { Ok(token) }
}
