//! What the operator can type.

mod alerts;
mod check;
mod deliveries;
mod destinations;
mod send;
mod server;
mod up;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A bell tower for monitoring: every alarm bell in one place.
///
/// Without a command it is `campanile up`, the local bundle.
#[derive(Debug, Parser)]
#[command(name = "campanile", version)]
pub struct Command {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    Up(up::Up),
    Send(send::Send),
    Alerts(alerts::Alerts),
    Deliveries(deliveries::Deliveries),
    Check(check::Check),
    Notify(destinations::Notify),
}

impl Command {
    /// Reads the process's arguments; ends the process with a usage message where they make no sense.
    pub fn from_arguments() -> Self {
        Self::parse()
    }

    /// Does what was asked, and says on standard error what went wrong.
    pub async fn run(self) -> ExitCode {
        let done = match self.action.unwrap_or_else(|| Action::Up(up::Up::default())) {
            Action::Up(up) => up.run().await,
            Action::Send(send) => send.run().await,
            Action::Alerts(alerts) => alerts.run().await,
            Action::Deliveries(deliveries) => deliveries.run().await,
            Action::Check(check) => check.run().await,
            Action::Notify(notify) => notify.run().await,
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                complain(error.as_ref());
                ExitCode::FAILURE
            }
        }
    }
}

/// What a command ends with.
type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

#[expect(clippy::print_stderr, reason = "this is where a person is told")]
fn complain(error: &(dyn Error + 'static)) {
    eprintln!("campanile: {}", intake::chain(error));
}

/// Prints one line for the person or the script that asked.
#[expect(clippy::print_stdout, reason = "this is what the person asked for")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

/// Prints one line for the person alone.
#[expect(clippy::print_stderr, reason = "this is for the person, not for a script")]
fn remark(line: impl std::fmt::Display) {
    eprintln!("{line}");
}
