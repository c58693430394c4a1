//! Checking: how each of our hooks is doing, and mending what KAZOO switched off.

use std::fmt;

use crate::attempt::{Attempt, AttemptRange};
use crate::client::Client;
use crate::error::Error;
use crate::hook::{Hook, State};
use crate::install::{Survey, Wanted};
use crate::patch::Patch;
use crate::plan::{Change, NoteReason, PlannedChanges};
use crate::receiver::Receiver;

/// How many failed attempts of one hook a report shows.
const ATTEMPTS_SHOWN: usize = 5;

/// How the account's hooks are doing. It prints one line for each, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Every hook of ours.
    pub hooks: Vec<HookReport>,
    /// Hooks that are wanted and not there.
    pub missing: Vec<Wanted>,
}

/// How one hook is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookReport {
    /// Its document.
    pub hook: Hook,
    /// Which token it shows to Campanile.
    pub token: Token,
    /// Its last failed attempts within the range asked for, newest first, five at most.
    pub failed_attempts: Vec<Attempt>,
}

/// Which token a hook shows to Campanile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// The one that is given to hooks now.
    Current,
    /// Another: where that is no longer accepted, KAZOO switches the hook off after six events.
    Other,
}

/// Looks at each hook of the `survey`, its failed attempts within `range` included.
pub async fn examine(
    client: &Client,
    receiver: &Receiver,
    survey: Survey,
    range: AttemptRange,
) -> Result<Report, Error> {
    let is_there = |wanted: &Wanted| survey.ours.iter().any(|hook| wanted.is(hook));
    let missing = survey.wanted.iter().filter(|wanted| !is_there(wanted)).cloned().collect();
    let mut hooks = Vec::new();
    for hook in survey.ours {
        let attempts = client.hook_attempts(&hook.id, range, None).await?.entries;
        let token = if receiver.uri(&hook.hook) == hook.uri { Token::Current } else { Token::Other };
        hooks.push(HookReport { hook, token, failed_attempts: last_failed(attempts) });
    }
    Ok(Report { hooks, missing })
}

fn last_failed(mut attempts: Vec<Attempt>) -> Vec<Attempt> {
    attempts.retain(Attempt::failed);
    attempts.sort_by_key(|attempt| std::cmp::Reverse(attempt.at));
    attempts.truncate(ATTEMPTS_SHOWN);
    attempts
}

/// Switches on what KAZOO switched off, with the present token where it shows another: it would only be
/// switched off again. What a person switched off stays off.
pub fn repair(report: &Report, receiver: &Receiver) -> PlannedChanges {
    let mut plan = PlannedChanges::default();
    for HookReport { hook, .. } in &report.hooks {
        match hook.state() {
            State::Enabled => {}
            State::DisabledByPerson => plan.note(hook, NoteReason::DisabledByPerson),
            State::AutoDisabled { .. } => {
                let patch = Patch::address(hook, &receiver.uri(&hook.hook)).and_enable();
                plan.changes.push(Change::patch(hook, patch));
            }
        }
    }
    plan
}

impl Report {
    /// Whether every wanted hook is there, on, and shows the present token.
    pub fn is_healthy(&self) -> bool {
        self.missing.is_empty() && self.hooks.iter().all(HookReport::is_healthy)
    }
}

impl HookReport {
    /// Whether it is on and shows the present token.
    pub fn is_healthy(&self) -> bool {
        self.hook.enabled && self.token == Token::Current
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hooks.iter().try_for_each(|hook| write!(f, "{hook}"))?;
        self.missing.iter().try_for_each(|wanted| writeln!(f, "{wanted}: missing; install creates it"))
    }
}

impl fmt::Display for HookReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): ", self.hook.label(), self.hook.id)?;
        match self.hook.state() {
            State::Enabled => f.write_str("enabled"),
            State::AutoDisabled { reason } => {
                write!(f, "disabled by KAZOO, {reason}; check --repair switches it on")
            }
            State::DisabledByPerson => f.write_str("disabled by a person; install --enable switches it on"),
        }?;
        match self.token {
            Token::Current => writeln!(f),
            Token::Other => writeln!(f, "; shows another token than the present one; install corrects it"),
        }?;
        self.failed_attempts.iter().try_for_each(|attempt| writeln!(f, "  failed {attempt}"))
    }
}
