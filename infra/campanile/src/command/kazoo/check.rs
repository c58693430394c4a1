//! `campanile check kazoo`: how each of our webhooks is doing, and mending what KAZOO switched off.

use alert::Clock as _;
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use kazoo::check::{Report, examine, repair};
use kazoo::install::survey;
use kazoo::{AttemptRange, Receiver};

use super::access::{Access, Kazoo};
use super::carrying_out::carry_out;
use super::hooks::Hooks;
use crate::command::check::Unhealthy;
use crate::command::server::Caller;
use crate::command::upkeep::say_healed;
use crate::command::{Outcome, say};

/// How far back failed attempts are looked for.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);

const REMEDY: &str = "not every webhook is in order: `campanile install kazoo` creates and corrects, \
                      `campanile check kazoo --repair` switches on what KAZOO switched off";

/// Show each webhook's state and its last failed attempts of 24 hours; ends with 3 where one is not in order
#[derive(Debug, Args)]
pub(in crate::command) struct Check {
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    hooks: Hooks,
    #[command(flatten)]
    caller: Caller,
    /// Switch on what KAZOO switched off for failures
    #[arg(long)]
    repair: bool,
}

impl Check {
    pub(in crate::command) async fn run(self) -> Outcome {
        let kazoo = self.access.open().await?;
        let receiver = kazoo.receiver()?;
        let mut report = self.examine(&kazoo, &receiver).await?;
        say(kazoo.name().await?);
        say(report.to_string().trim_end());
        if self.repair {
            carry_out(&kazoo.client, &repair(&report, &receiver)).await?;
            report = self.examine(&kazoo, &receiver).await?;
        }
        say_healed(self.access.address(), self.caller, "kazoo").await;
        let are_admitted = kazoo.admits(report.hooks.iter().map(|report| &report.hook.id));
        if are_admitted && report.is_healthy() {
            say("every webhook is in order");
            return Ok(());
        }
        Err(Unhealthy { remedy: REMEDY }.into())
    }

    async fn examine(&self, kazoo: &Kazoo, receiver: &Receiver) -> Outcome<Report> {
        let survey = survey(&kazoo.client, &kazoo.location, &self.hooks.selections()).await?;
        Ok(examine(&kazoo.client, receiver, survey, last_hours()).await?)
    }
}

fn last_hours() -> AttemptRange {
    let to = aws::SystemClock.now();
    AttemptRange { from: to.checked_sub(LOOK_BACK).unwrap_or(Timestamp::UNIX_EPOCH), to }
}
