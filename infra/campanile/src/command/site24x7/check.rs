//! `campanile check site24x7`: whether it can be polled, what is lost, and whether it calls us.

use clap::Args;
use site24x7::check::{self, Report, Subject};

use super::access::{Access, Opened, deadline};
use super::hook::{Name, spec};
use crate::command::address::Address;
use crate::command::check::Unhealthy;
use crate::command::server::Caller;
use crate::command::upkeep::say_healed;
use crate::command::{Outcome, say};

/// What a poll every five minutes comes to: 288 of two calls each, and some for names and around midnight.
const CALLS_PER_DAY: u64 = 600;

/// Show whether Site24x7 can be polled, each scope with what is lost without it, and the webhook's state; ends with 3
/// where it cannot be polled at all
#[derive(Debug, Args)]
pub(in crate::command) struct Check {
    /// Address under which Site24x7 reaches Campanile; the webhook is not looked at without it
    #[arg(long, env = "CAMPANILE_URL", hide_env_values = true)]
    url: Option<Address>,
    #[command(flatten)]
    name: Name,
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    caller: Caller,
}

impl Check {
    pub(in crate::command) async fn run(self) -> Outcome {
        let opened = self.access.open().await?;
        let report = self.report(&opened).await?;
        say(report.to_string().trim_end());
        say_healed(self.url, self.caller, "site24x7").await;
        if report.is_usable() {
            return Ok(());
        }
        Err(Unhealthy { remedy: "site24x7 cannot be polled: do what stands behind `->`, and check again" }
            .into())
    }

    async fn report(&self, opened: &Opened) -> Outcome<Report> {
        let settings = match check::settings(&opened.text()) {
            Ok(settings) => settings,
            Err(report) => return Ok(report),
        };
        let webhook = match &self.url {
            Some(url) => Some(spec(&self.name.name, url.url(), &opened.members, &opened.secret_name())?),
            None => None,
        };
        let client = opened.client(settings)?;
        let subject = Subject { webhook, calls_per_day: CALLS_PER_DAY };
        Ok(check::check(client.until(deadline()), &subject).await)
    }
}
