//! `campanile uninstall kazoo`: our webhooks go, all others stay.

use clap::Args;
use kazoo::{install, uninstall};

use super::access::Access;
use super::carrying_out::{carry_out, show};
use crate::command::{Outcome, say};

/// Delete the webhooks of a KAZOO account that call Campanile, and no others
#[derive(Debug, Args)]
pub(in crate::command) struct Uninstall {
    #[command(flatten)]
    access: Access,
    /// Tell what would be deleted, and delete nothing
    #[arg(long)]
    dry_run: bool,
}

impl Uninstall {
    pub(in crate::command) async fn run(self) -> Outcome {
        let kazoo = self.access.open().await?;
        let ours = install::ours(&kazoo.client, &kazoo.location).await?;
        say(kazoo.name().await?);
        let plan = uninstall::plan(&kazoo.location, &ours);
        if self.dry_run {
            show(&plan);
            return Ok(());
        }
        carry_out(&kazoo.client, &plan).await.map(drop)
    }
}
