//! The hooks that an operator chooses.

use clap::Args;
use kazoo::install::Selection;

/// Which hooks.
#[derive(Debug, Args)]
pub(super) struct Hooks {
    /// Hooks with commas between, such as `channel_destroy,notifications:low_balance`; ended calls and all
    /// notifications unless given
    #[arg(long, value_name = "HOOK[:TYPE[:ACTION]]", value_delimiter = ',')]
    hooks: Vec<Selection>,
}

impl Hooks {
    /// The hooks chosen.
    pub(super) fn selections(&self) -> Vec<Selection> {
        if self.hooks.is_empty() { Selection::defaults() } else { self.hooks.clone() }
    }
}
