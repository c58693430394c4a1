//! Printing and applying changes.

use clap::Args;
use poll::tencent::TencentApi;
use serde_json::Value;
use tencent::install::Change;

use crate::command::{Outcome, say};

/// Whether changes are only printed.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct DryRun {
    /// Print what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

impl DryRun {
    pub(super) fn is_one(self) -> bool {
        self.dry_run
    }

    /// Does `change`, unless it is to be printed only, and yields what Tencent answers.
    pub(super) async fn carry_out(self, api: &TencentApi<'_>, change: &Change) -> Outcome<Value> {
        if self.dry_run {
            say(&change.what);
            return Ok(Value::Null);
        }
        match api.ask(&change.call).await {
            Ok(answer) => {
                say(format!("{}: done", change.what));
                Ok(answer)
            }
            Err(error) => {
                say(format!("{}: failed", change.what));
                Err(error.into())
            }
        }
    }

    /// Says how it ended, after so many changes.
    pub(super) fn conclude(self, changes: usize) {
        match (changes, self.dry_run) {
            (0, _) => say("nothing to change"),
            (_, true) => say("dry run: nothing was changed"),
            (_, false) => {}
        }
    }
}
