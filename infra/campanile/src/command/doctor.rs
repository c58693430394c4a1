//! `campanile doctor`: whether what was deployed is as it should be, part by part.

mod account;
mod finding;
mod inspection;
mod verdict;

use clap::Args;

use self::account::Account;
use self::finding::Finding;
use super::check::Unhealthy;
use super::{Outcome, say};

/// Look at a deployment: functions, secrets, table, stream, schedules, alarms, addresses; ends with 3 where something is wrong
///
/// It asks AWS through the program `aws`, with the credentials and the region that it would use itself, and changes nothing.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Name of the stack
    #[arg(long, default_value = "campanile")]
    stack: String,
}

impl Doctor {
    pub(super) async fn run(self) -> Outcome {
        let findings = inspection::inspect(&Account::default(), &self.stack).await?;
        for finding in &findings {
            say(finding);
        }
        if findings.iter().all(Finding::is_fine) {
            return Ok(());
        }
        Err(Unhealthy { remedy: "not everything is in order: see the lines that begin with `bad`" }.into())
    }
}
