//! `campanile check`: whether a source still calls Campanile.

use clap::{Args, Subcommand};

use super::{Outcome, kazoo, site24x7};

/// Look whether a source still calls Campanile; ends with 3 where it does not
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    Kazoo(kazoo::Check),
    Site24x7(site24x7::Check),
}

/// What was looked at is not as it should be, although looking went well; says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{remedy}")]
pub(super) struct Unhealthy {
    pub(super) remedy: &'static str,
}

impl Unhealthy {
    /// What the process ends with, so that a script can tell it from a check that failed.
    pub(super) const EXIT_CODE: u8 = 3;
}

impl Check {
    pub(super) async fn run(self) -> Outcome {
        match self.source {
            Source::Kazoo(kazoo) => kazoo.run().await,
            Source::Site24x7(site24x7) => site24x7.run().await,
        }
    }
}
