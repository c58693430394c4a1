//! `campanile install`: has a source call Campanile, through the source's own API.

use clap::{Args, Subcommand};

use super::{Outcome, kazoo, site24x7, tencent};

/// Install our webhooks at a source
#[derive(Debug, Args)]
pub(super) struct Install {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    Kazoo(kazoo::Install),
    Tencent(tencent::Install),
    Site24x7(site24x7::Install),
}

impl Install {
    pub(super) async fn run(self) -> Outcome {
        match self.source {
            Source::Kazoo(kazoo) => kazoo.run().await,
            Source::Tencent(tencent) => tencent.run().await,
            Source::Site24x7(site24x7) => site24x7.run().await,
        }
    }
}
