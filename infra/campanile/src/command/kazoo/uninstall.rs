//! `campanile uninstall kazoo`: our webhooks go, all others stay.

use clap::Args;
use kazoo::{install, uninstall};

use super::access::Access;
use super::carrying_out::DryRun;
use crate::command::{Outcome, say};

/// Delete the webhooks of a KAZOO account that call Campanile, and no others
#[derive(Debug, Args)]
pub(in crate::command) struct Uninstall {
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    dry_run: DryRun,
}

impl Uninstall {
    pub(in crate::command) async fn run(self) -> Outcome {
        let kazoo = self.access.open().await?;
        let ours = install::ours(&kazoo.client, &kazoo.location).await?;
        say(kazoo.name().await?);
        let plan = uninstall::plan(&kazoo.location, &ours);
        self.dry_run.carry_out(&kazoo.client, &plan).await.map(drop)
    }
}
