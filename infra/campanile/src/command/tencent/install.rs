//! `campanile install tencent`: a template that calls us, and policies that notify by it.

use std::convert::Infallible;
use std::str::FromStr;

use clap::Args;
use tencent::install::{PolicyChoice, bind};

use super::access::Access;
use super::changes::DryRun;
use crate::command::probe::Probe;
use crate::command::{Outcome, say};

/// Create or correct the notification template of a Tencent Cloud account, and bind policies to it; what is right already, and every
/// template that notifies people, stays untouched
#[derive(Debug, Args)]
pub(in crate::command) struct Install {
    #[command(flatten)]
    access: Access,
    /// Policies that are to notify by it: `all`, or ids with commas between; none unless given
    #[arg(long, value_name = "all|ID")]
    policies: Option<Policies>,
    #[command(flatten)]
    dry_run: DryRun,
    #[command(flatten)]
    probe: Probe,
}

/// Policies as a person names them.
#[derive(Debug, Clone)]
struct Policies(PolicyChoice);

impl FromStr for Policies {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        if text.trim() == "all" {
            return Ok(Self(PolicyChoice::All));
        }
        let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
        Ok(Self(PolicyChoice::Some(ids.map(str::to_owned).collect())))
    }
}

/// A template whose id is not known.
#[derive(Debug, thiserror::Error)]
#[error("tencent did not say which id the new template has: run the command again")]
struct NoId;

impl Install {
    pub(in crate::command) async fn run(self) -> Outcome {
        let opened = self.access.open().await?;
        if !self.dry_run.is_one() {
            let wanted = &opened.wanted;
            self.probe.ask(&wanted.address, wanted.token.expose(), &opened.secret_name).await?;
        }
        let api = opened.api()?;
        let template = opened.wanted.plan(&api.notices().await?)?;
        // Before anything is changed: a policy that is not there stops it all.
        let policies = api.policies().await?;
        let chosen = match &self.policies {
            Some(Policies(choice)) => choice.of(&policies)?,
            None => Vec::new(),
        };
        template.notes.iter().for_each(say);
        let mut done = 0;
        let mut id = template.id;
        if let Some(change) = &template.change {
            let answer = self.dry_run.carry_out(&api, change).await?;
            id = id.or_else(|| Some(answer["NoticeId"].as_str()?.to_owned()));
            done += 1;
        }
        let id = match id {
            Some(id) => id,
            None if self.dry_run.is_one() => String::new(),
            None => return Err(NoId.into()),
        };
        for change in bind(&id, &chosen) {
            self.dry_run.carry_out(&api, &change).await?;
            done += 1;
        }
        self.dry_run.conclude(done);
        if chosen.is_empty() && !policies.iter().any(|policy| policy.names(&id)) {
            say("no policy notifies by it yet: name some with `--policies`");
        }
        Ok(())
    }
}
