//! `campanile uninstall`: takes back what `campanile install` did at a source, and nothing else.

use clap::{Args, Subcommand};

use super::{Outcome, kazoo, site24x7, tencent};

/// Remove our webhooks from a source
#[derive(Debug, Args)]
pub(super) struct Uninstall {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    Kazoo(kazoo::Uninstall),
    Tencent(tencent::Uninstall),
    Site24x7(site24x7::Uninstall),
}

impl Uninstall {
    pub(super) async fn run(self) -> Outcome {
        match self.source {
            Source::Kazoo(kazoo) => kazoo.run().await,
            Source::Tencent(tencent) => tencent.run().await,
            Source::Site24x7(site24x7) => site24x7.run().await,
        }
    }
}
