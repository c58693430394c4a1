//! `campanile completions`: what makes a shell complete what is typed.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{Command, Outcome, say};

/// Print the completions of a shell, to be put where the shell looks for them
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Outcome {
        let mut script = Vec::new();
        generate(self.shell, &mut Command::command(), "campanile", &mut script);
        say(String::from_utf8(script)?.trim_end());
        Ok(())
    }
}
