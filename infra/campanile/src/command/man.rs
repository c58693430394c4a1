//! `campanile man`: the manual pages, made from what `--help` says.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_mangen::{Man, generate_to};

use super::{Command, Outcome, say};

/// Print the manual page, or write those of all commands into a directory
#[derive(Debug, Args)]
pub(super) struct Manual {
    /// Where `man` looks for pages of section 1, such as ~/.local/share/man/man1; is made where it is not there
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// The pages could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write manual pages to `{}`", directory.display())]
struct WriteError {
    directory: PathBuf,
    #[source]
    source: std::io::Error,
}

impl Manual {
    pub(super) fn run(&self) -> Outcome {
        let command = Command::command();
        let Some(directory) = &self.directory else {
            let mut page = Vec::new();
            Man::new(command).render(&mut page)?;
            say(String::from_utf8(page)?.trim_end());
            return Ok(());
        };
        let written = std::fs::create_dir_all(directory).and_then(|()| generate_to(command, directory));
        written.map_err(|source| WriteError { directory: directory.clone(), source })?;
        say(format!("the manual pages are in {}", directory.display()));
        Ok(())
    }
}
