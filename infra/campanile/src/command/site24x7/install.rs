//! `campanile install site24x7`: one webhook that calls us about every monitor.

use clap::Args;
use normalize::site24x7::AccountNames;
use site24x7::hook::{Change, KeyDisplay, install, instructions};
use site24x7::{AccountConfiguration, DataCenter, UnknownDataCenter};

use super::access::{Access, Opened, deadline};
use super::hook::{Name, first_token, hook_url, spec};
use crate::command::address::Address;
use crate::command::probe::Probe;
use crate::command::{Outcome, say};

/// What whoever changes the webhook afterwards must know.
const OWN_BODY: &str =
    "a body of your own must keep the members that `campanile install site24x7 --print` shows";

/// Create or correct the webhook of a Site24x7 account; what is right already stays untouched
#[derive(Debug, Args)]
pub(in crate::command) struct Install {
    /// Address under which Site24x7 reaches Campanile, such as `https://alerts.example.com`
    #[arg(long, env = "CAMPANILE_URL", hide_env_values = true)]
    url: Address,
    #[command(flatten)]
    name: Name,
    /// Print what to enter in the console by hand, and do nothing
    #[arg(long)]
    print: bool,
    /// Write the token out where `--print` says it
    #[arg(long, requires = "print")]
    show: bool,
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    probe: Probe,
}

impl Install {
    pub(in crate::command) async fn run(self) -> Outcome {
        let opened = self.access.open().await?;
        let spec = spec(&self.name.name, self.url.url(), &opened.members, &opened.secret_name())?;
        if self.print {
            let display = if self.show { KeyDisplay::Shown } else { KeyDisplay::Masked };
            say(instructions(&spec, data_center(&opened)?, display).trim_end());
            return Ok(());
        }
        if let Some(token) = first_token(&opened.members) {
            self.probe.ask(&hook_url(self.url.url()), token, &opened.secret_name()).await?;
        }
        let client = opened.client(AccountConfiguration::from_secret(&opened.text())?)?;
        let installed = install(client.until(deadline()), &spec).await?;
        say(&installed);
        if installed.change == Change::Created {
            say(OWN_BODY);
        }
        Ok(())
    }
}

/// Where the account lives, however little else the secret says.
fn data_center(opened: &Opened) -> Result<DataCenter, UnknownDataCenter> {
    AccountNames::from(opened.members.clone()).data_center.unwrap_or_default().parse()
}
