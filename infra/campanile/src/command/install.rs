//! `campanile install`: has a source call Campanile, through the source's own API.

use clap::{Args, Subcommand};

use super::{Outcome, kazoo, site24x7};

/// Install our webhooks at a source
#[derive(Debug, Args)]
pub(super) struct Install {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    Kazoo(kazoo::Install),
    Site24x7(site24x7::Install),
}

impl Install {
    pub(super) async fn run(self) -> Outcome {
        match self.source {
            Source::Kazoo(kazoo) => kazoo.run().await,
            Source::Site24x7(site24x7) => site24x7.run().await,
        }
    }
}
