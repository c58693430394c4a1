//! Who acts.

use clap::Args;

/// Who acts
#[derive(Debug, Args)]
pub(super) struct Who {
    /// Who acts; your user name unless given, and the token's name without one
    #[arg(long, value_name = "NAME", env = "USER", hide_env_values = true)]
    who: Option<String>,
}

impl Who {
    /// The name, where there is one.
    pub(super) fn name(&self) -> Option<&str> {
        self.who.as_deref().map(str::trim).filter(|name| !name.is_empty())
    }
}
