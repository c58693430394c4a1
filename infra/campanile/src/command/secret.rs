//! `campanile secret`: the secrets of the sources, the API and the destinations, written without being shown.

mod value;

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use aws::Configuration;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use net::Secret;

use self::value::{Mistaken, read};
use super::secrets::Secrets;
use super::secrets::known::names;
use super::terminal::{Prompt, Terminal};
use super::{Outcome, remark, say};

/// Write a secret, without showing it
#[derive(Debug, Args)]
pub(super) struct SecretCommand {
    #[command(subcommand)]
    action: Subcommands,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    Set(Set),
}

/// Set the value of a secret; the value before stays valid until the next one
///
/// The value is a JSON object. It is read from a file, or from the terminal, where it is not shown. A value that the
/// function would not understand is refused, and nothing is written.
#[derive(Debug, Args)]
struct Set {
    /// Which one
    #[arg(value_parser = PossibleValuesParser::new(names()))]
    name: String,
    /// Read the value from FILE, or with `-` from standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    secrets: Secrets,
}

/// What is wrong with `text` as the value of the secret `name`, and what lets nobody in.
pub(super) fn mistake(name: &str, text: &str) -> Option<String> {
    match read(name, text, &Configuration::default()) {
        Ok(value) => value.warnings.into_iter().next(),
        Err(mistake) => Some(mistake.to_string()),
    }
}

/// A value that was not set.
#[derive(Debug, thiserror::Error)]
enum SetError {
    #[error("could not read `{}`", file.display())]
    Read {
        file: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("there is no terminal to ask: give the value with --file, or --file - for standard input")]
    NobodyToAsk,
    #[error("nothing was written: {0}")]
    Mistaken(Mistaken),
}

impl SecretCommand {
    pub(super) async fn run(self) -> Outcome {
        match self.action {
            Subcommands::Set(set) => set.run().await,
        }
    }
}

impl Set {
    async fn run(self) -> Outcome {
        let configuration = Configuration::from_environment()?;
        let value = read(&self.name, self.text()?.expose(), &configuration).map_err(SetError::Mistaken)?;
        for warning in &value.warnings {
            remark(format!("campanile: {warning}"));
        }
        self.secrets.write(&self.name, &value.members, &configuration).await?;
        let seconds = configuration.secret_max_age.as_secs();
        say(format!(
            "{}/{} is set; functions use it within {seconds} seconds",
            configuration.secret_prefix, self.name
        ));
        Ok(())
    }

    fn text(&self) -> Result<Secret, Box<dyn std::error::Error + Send + Sync>> {
        let text = match &self.file {
            Some(file) if file == Path::new("-") => io::read_to_string(io::stdin().lock()),
            Some(file) => fs::read_to_string(file),
            None if io::stdin().is_terminal() => return self.asked(),
            None => return Err(SetError::NobodyToAsk.into()),
        };
        let failed = |source| SetError::Read { file: self.file.clone().unwrap_or_default(), source };
        Ok(Secret::new(text.map_err(failed)?))
    }

    fn asked(&self) -> Result<Secret, Box<dyn std::error::Error + Send + Sync>> {
        let mut terminal = Terminal::attached().ok_or(SetError::NobodyToAsk)?;
        Ok(terminal.ask_secretly(&format!("JSON object for `{}`, which is not shown", self.name))?)
    }
}
