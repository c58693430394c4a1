//! `campanile uninstall site24x7`: our webhook calls no more.

use clap::Args;
use site24x7::AccountConfiguration;
use site24x7::hook::{Uninstalled, uninstall};

use super::access::{Access, deadline};
use super::hook::{Name, hook_url};
use crate::command::address::Address;
use crate::command::{Outcome, say};

/// Put the webhook of a Site24x7 account to sleep; Site24x7 offers no way to delete it
#[derive(Debug, Args)]
pub(in crate::command) struct Uninstall {
    /// Address under which Site24x7 reaches Campanile: says which webhook is meant where several have the name
    #[arg(long, env = "CAMPANILE_URL", hide_env_values = true)]
    url: Address,
    #[command(flatten)]
    name: Name,
    #[command(flatten)]
    access: Access,
}

/// A webhook that still calls.
#[derive(Debug, thiserror::Error)]
#[error("the webhook is still active: suspend or delete it in the console")]
struct StillActive;

impl Uninstall {
    pub(in crate::command) async fn run(self) -> Outcome {
        let opened = self.access.open().await?;
        let client = opened.client(AccountConfiguration::from_secret(&opened.text())?)?;
        let done = uninstall(client.until(deadline()), &self.name.name, &hook_url(self.url.url())).await?;
        say(&done);
        if matches!(done, Uninstalled::StillActive { .. }) { Err(StillActive.into()) } else { Ok(()) }
    }
}
