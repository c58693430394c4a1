//! `campanile uninstall tencent`: our template goes, all others stay.

use clap::Args;
use tencent::install::{remove, unbind};

use super::access::Access;
use super::changes::DryRun;
use crate::command::{Outcome, say};

/// Unbind and delete the notification templates of a Tencent Cloud account that call Campanile, and no others
#[derive(Debug, Args)]
pub(in crate::command) struct Uninstall {
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    dry_run: DryRun,
}

impl Uninstall {
    pub(in crate::command) async fn run(self) -> Outcome {
        let opened = self.access.open().await?;
        let api = opened.api()?;
        let address = &opened.wanted.address;
        let ours: Vec<_> = api.notices().await?.into_iter().filter(|notice| notice.calls(address)).collect();
        let mut done = 0;
        for notice in &ours {
            let removal = match remove(notice, address) {
                Ok(removal) => removal,
                Err(note) => {
                    say(note);
                    continue;
                }
            };
            if removal.deletes {
                // Read anew for each: what was unbound from one is what another is unbound from.
                let policies = api.policies().await?;
                for change in unbind(&notice.id, &policies) {
                    self.dry_run.carry_out(&api, &change).await?;
                    done += 1;
                }
            }
            self.dry_run.carry_out(&api, &removal.change).await?;
            done += 1;
        }
        self.dry_run.conclude(done);
        Ok(())
    }
}
