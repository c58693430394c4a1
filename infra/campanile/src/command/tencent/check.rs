//! `campanile check tencent`: whether the template calls us, which policies notify by it, and what was lost lately.

use clap::Args;
use intake::chain;
use jiff::SignedDuration;
use poll::tencent::TencentApi;
use tencent::{Notice, Policy};

use super::access::{Access, Opened};
use crate::command::check::Unhealthy;
use crate::command::server::Caller;
use crate::command::upkeep::say_healed;
use crate::command::{Outcome, say};

/// How far back notifications are looked for.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);
/// How many policies are named.
const NAMED: usize = 20;

const REMEDY: &str = "tencent does not call as it should: `campanile install tencent --policies all` creates, corrects and binds";

/// Show the notification templates that call Campanile, the policies that do not notify by them, and callbacks that
/// failed within 24 hours; ends with 3 where something is not in order
#[derive(Debug, Args)]
pub(in crate::command) struct Check {
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    caller: Caller,
}

impl Check {
    pub(in crate::command) async fn run(self) -> Outcome {
        let opened = self.access.open().await?;
        let api = opened.api()?;
        let ours: Vec<_> =
            api.notices().await?.into_iter().filter(|notice| notice.calls(&opened.wanted.address)).collect();
        let policies = api.policies().await?;
        let is_right = print_templates(&opened, &ours);
        let are_bound = print_policies(&ours, &policies);
        print_lately(&api, &ours).await;
        say_healed(Some(self.access.url), self.caller, "tencent").await;
        if is_right && are_bound {
            say("tencent calls as it should");
            return Ok(());
        }
        Err(Unhealthy { remedy: REMEDY }.into())
    }
}

/// Says how each of `ours` is; whether one is right.
fn print_templates(opened: &Opened, ours: &[Notice]) -> bool {
    if ours.is_empty() {
        say(format!("no template calls {}", opened.wanted.address));
    }
    for notice in ours {
        let people = if notice.has_people { ", and people" } else { "" };
        match opened.wanted.faults(notice) {
            faults if faults.is_empty() => say(format!("{notice} calls Campanile{people}: in order")),
            faults => say(format!("{notice} calls Campanile{people}: {faults}")),
        }
    }
    ours.iter().any(|notice| opened.wanted.is_right(notice))
}

/// Prints which of `policies` do not notify us; yields whether any does.
fn print_policies(ours: &[Notice], policies: &[Policy]) -> bool {
    let is_bound = |policy: &&Policy| ours.iter().any(|notice| policy.notifies_by(&notice.id));
    let (bound, unbound): (Vec<_>, Vec<_>) = policies.iter().partition(is_bound);
    say(format!("{} of {} policies notify by it", bound.len(), policies.len()));
    for policy in unbound.iter().take(NAMED) {
        say(format!("{policy} does not"));
    }
    if unbound.len() > NAMED {
        say(format!("nor do {} more", unbound.len() - NAMED));
    }
    !bound.is_empty()
}

/// Says what of the last hours was lost; an account that may not ask for that is in order all the same.
async fn print_lately(api: &TencentApi<'_>, ours: &[Notice]) {
    let rows = match api.notifications(LOOK_BACK).await {
        Ok(rows) => rows,
        Err(error) => return say(format!("what was sent cannot be seen: {}", chain(&error))),
    };
    let by_us = |ids: &[String]| ids.iter().any(|id| ours.iter().any(|notice| notice.id == *id));
    let sent: Vec<_> = rows.iter().filter(|row| by_us(&row.notice_ids)).collect();
    let failed = sent.iter().filter(|row| row.has_failed).count();
    let last = sent.iter().filter(|row| row.has_failed).map(|row| row.sent_at).max();
    let last = last.map(|at| format!(", the last one at {at}: the keeper records them")).unwrap_or_default();
    say(format!("notifications within 24 hours: {}, callbacks that failed: {failed}{last}", sent.len()));
}
