//! `campanile install kazoo`: one webhook for each hook that is wanted.

use clap::Args;
use kazoo::install::{DisabledByPerson, Duplicates, Options, Subaccounts, plan, survey};
use kazoo::{Applied, Change, HookId, Outcome, Receiver};

use super::access::Access;
use super::carrying_out::DryRun;
use super::hooks::Hooks;
use crate::command;
use crate::command::probe::Probe;
use crate::command::{remark, say};

/// Create or correct the webhooks of a KAZOO account; what is right already stays untouched
#[derive(Debug, Args)]
pub(in crate::command) struct Install {
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    hooks: Hooks,
    /// Events of the account's subaccounts, too
    #[arg(long)]
    include_subaccounts: bool,
    /// Delete webhooks of ours that do the same as another
    #[arg(long)]
    prune: bool,
    /// Switch on webhooks of ours that a person switched off
    #[arg(long)]
    enable: bool,
    #[command(flatten)]
    dry_run: DryRun,
    #[command(flatten)]
    probe: Probe,
}

impl Install {
    pub(in crate::command) async fn run(self) -> command::Outcome {
        let kazoo = self.access.open().await?;
        let options = self.options(kazoo.receiver()?);
        if !kazoo.location.is_encrypted() {
            remark(format!("{} is not encrypted: the token can be read on the way", kazoo.location));
        }
        if !self.dry_run.is_one() {
            kazoo.ask_campanile(&self.probe).await?;
        }
        let survey = survey(&kazoo.client, &kazoo.location, &self.hooks.selections()).await?;
        say(kazoo.name().await?);
        let plan = plan(&options, &survey.wanted, &survey.ours);
        let done = self.dry_run.carry_out(&kazoo.client, &plan).await?;
        kazoo.admits(plan.notes.iter().map(|note| &note.id).chain(done.iter().filter_map(left_behind)));
        Ok(())
    }

    fn options(&self, receiver: Receiver) -> Options {
        Options {
            receiver,
            subaccounts: if self.include_subaccounts { Subaccounts::Include } else { Subaccounts::Exclude },
            duplicates: if self.prune { Duplicates::Prune } else { Duplicates::Report },
            disabled_by_person: if self.enable { DisabledByPerson::Enable } else { DisabledByPerson::Report },
        }
    }
}

/// The webhook that a change leaves in the account.
fn left_behind(applied: &Applied) -> Option<&HookId> {
    match (&applied.outcome, &applied.change) {
        (Outcome::Created(id) | Outcome::FoundAfterLostAnswer(id), _)
        | (Outcome::Changed, Change::Patch { id, .. }) => Some(id),
        _ => None,
    }
}
