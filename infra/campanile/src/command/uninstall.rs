//! `campanile uninstall`: takes back what `campanile install` did at a source, and nothing else.

use clap::{Args, Subcommand};

use super::{Outcome, kazoo};

/// Have a source call Campanile no more
#[derive(Debug, Args)]
pub(super) struct Uninstall {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    Kazoo(kazoo::Uninstall),
}

impl Uninstall {
    pub(super) async fn run(self) -> Outcome {
        match self.source {
            Source::Kazoo(kazoo) => kazoo.run().await,
        }
    }
}
