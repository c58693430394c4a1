//! Printing and applying planned changes.

use clap::Args;
use kazoo::{Applied, Client, PlannedChanges, apply};

use crate::command::{Outcome, say};

/// Whether planned changes are only printed.
#[derive(Debug, Args)]
pub(super) struct DryRun {
    /// Print what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

impl DryRun {
    /// Whether nothing is to be done.
    pub(super) fn is_one(&self) -> bool {
        self.dry_run
    }

    /// Does what `plan` says, unless it is to be printed only.
    pub(super) async fn carry_out(&self, client: &Client, plan: &PlannedChanges) -> Outcome<Vec<Applied>> {
        if !self.dry_run {
            return carry_out(client, plan).await;
        }
        say(plan.to_string().trim_end());
        if !plan.is_empty() {
            say("dry run: nothing was changed");
        }
        Ok(Vec::new())
    }
}

/// Does what `plan` says, and prints each change and what is left alone.
pub(super) async fn carry_out(client: &Client, plan: &PlannedChanges) -> Outcome<Vec<Applied>> {
    match apply(client, plan).await {
        Ok(done) => {
            done.iter().for_each(say);
            if done.is_empty() {
                say("nothing to change");
            }
            plan.notes.iter().for_each(say);
            Ok(done)
        }
        Err(error) => {
            error.done.iter().for_each(say);
            say(format!("{}: failed", error.change));
            Err(error.into())
        }
    }
}
