//! `campanile secret`: the secrets of the sources, the API and the destinations, written without being shown.

mod value;

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use aws::Configuration;
use clap::{Args, Subcommand, ValueEnum};
use intake::Sensitive;

use self::value::{Mistaken, read};
use super::secrets::Secrets;
use super::terminal::{Person, Terminal};
use super::{Outcome, remark, say};

/// Write a secret, without showing it
#[derive(Debug, Args)]
pub(super) struct Secret {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Set(Set),
}

/// Set the value of a secret; the value before stays valid until the next one
///
/// The value is a JSON object. It is read from a file, or from the terminal, where it is not shown. A value that the
/// function would not understand is refused, and nothing is written.
#[derive(Debug, Args)]
struct Set {
    /// Which one
    name: Name,
    /// Read the value from FILE, or with `-` from standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    secrets: Secrets,
}

/// The secrets that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    Netdata,
    Kazoo,
    Tencent,
    Site24x7,
    Api,
    Destinations,
}

/// Their names.
pub(super) const NAMES: [&str; 6] = ["netdata", "kazoo", "tencent", "site24x7", "api", "destinations"];

/// What is wrong with `text` as the value of the secret `name`, and what lets nobody in.
pub(super) fn mistake(name: &str, text: &str) -> Option<String> {
    let name = Name::from_str(name, false).ok()?;
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

impl Secret {
    pub(super) async fn run(self) -> Outcome {
        match self.action {
            Action::Set(set) => set.run().await,
        }
    }
}

impl Set {
    async fn run(self) -> Outcome {
        let configuration = Configuration::from_environment()?;
        let value = read(self.name, self.text()?.expose(), &configuration).map_err(SetError::Mistaken)?;
        for warning in &value.warnings {
            remark(format!("campanile: {warning}"));
        }
        self.secrets.write(self.name.as_str(), &value.members, &configuration).await?;
        let seconds = configuration.secret_max_age.as_secs();
        say(format!(
            "{}/{} is set; functions use it within {seconds} seconds",
            configuration.secret_prefix,
            self.name.as_str()
        ));
        Ok(())
    }

    fn text(&self) -> Result<Sensitive, Box<dyn std::error::Error + Send + Sync>> {
        let text = match &self.file {
            Some(file) if file == Path::new("-") => io::read_to_string(io::stdin().lock()),
            Some(file) => fs::read_to_string(file),
            None if io::stdin().is_terminal() => return self.asked(),
            None => return Err(SetError::NobodyToAsk.into()),
        };
        let failed = |source| SetError::Read { file: self.file.clone().unwrap_or_default(), source };
        Ok(Sensitive::new(text.map_err(failed)?))
    }

    fn asked(&self) -> Result<Sensitive, Box<dyn std::error::Error + Send + Sync>> {
        let mut terminal = Terminal::attached().ok_or(SetError::NobodyToAsk)?;
        Ok(terminal.ask_secretly(&format!("JSON object for `{}`, which is not shown", self.name.as_str()))?)
    }
}

impl Name {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Netdata => "netdata",
            Self::Kazoo => "kazoo",
            Self::Tencent => "tencent",
            Self::Site24x7 => "site24x7",
            Self::Api => "api",
            Self::Destinations => "destinations",
        }
    }
}
