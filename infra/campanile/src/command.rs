//! What the operator can type.

mod alerts;
mod check;
mod deliveries;
mod destinations;
mod install;
mod kazoo;
mod secrets;
mod send;
mod server;
mod site24x7;
mod terminal;
mod token;
mod uninstall;
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
    Notify(destinations::Notify),
    Token(token::Token),
    Install(install::Install),
    Check(check::Check),
    Uninstall(uninstall::Uninstall),
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
            Action::Notify(notify) => notify.run().await,
            Action::Token(token) => token.run().await,
            Action::Install(install) => install.run().await,
            Action::Check(check) => check.run().await,
            Action::Uninstall(uninstall) => uninstall.run().await,
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                complain(error.as_ref());
                exit_code(error.as_ref())
            }
        }
    }
}

/// What a command, or a part of it, ends with.
type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// 1 for a command that could not do what it was asked; a check that found something wrong has a code of its own.
fn exit_code(error: &(dyn Error + 'static)) -> ExitCode {
    match error.downcast_ref::<check::Unhealthy>() {
        Some(_) => ExitCode::from(check::Unhealthy::EXIT_CODE),
        None => ExitCode::FAILURE,
    }
}

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
