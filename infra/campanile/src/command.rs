//! What the operator can type.

mod action;
mod address;
mod alert;
mod alerts;
mod check;
mod completions;
mod counts;
mod destinations;
mod detail_view;
mod doctor;
mod events;
mod handling;
mod id_prefix;
mod install;
mod kazoo;
mod list_args;
mod login;
mod lookup;
mod man;
mod moment;
mod netdata;
mod notifications;
mod output;
mod output_format;
mod page;
mod probe;
mod profile;
mod quarantine;
mod replay;
mod request;
mod secret;
mod secrets;
mod send;
mod server;
mod silence;
mod site24x7;
mod sources;
mod statistics;
mod table;
mod tencent;
mod terminal;
mod terminal_text;
mod token;
mod uninstall;
mod up;
mod upkeep;
mod who;
mod word;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::output::{complain, remark, say};

/// A bell tower for monitoring: every alarm bell in one resource.
///
/// Without a command it is `campanile up`, the local bundle.
#[derive(Debug, Parser)]
#[command(name = "campanile", version, after_help = EXIT_CODES)]
pub struct Command {
    #[command(subcommand)]
    action: Option<Action>,
}

/// What the process ends with.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; standard error says why and what to do
  2  the command was not understood
  3  `check` or `doctor` found something that is not in order";

#[derive(Debug, Subcommand)]
enum Action {
    Up(up::Up),
    Send(send::Send),
    Alerts(alerts::Alerts),
    Alert(alert::Alert),
    Ack(handling::Ack),
    Resolve(handling::Resolve),
    Note(handling::Note),
    Silence(silence::Silence),
    Counts(counts::Counts),
    Statistics(statistics::Statistics),
    Events(events::Events),
    Sources(sources::Sources),
    Replay(replay::Replay),
    Quarantine(quarantine::Quarantine),
    Notifications(notifications::Notifications),
    Destinations(destinations::Steering),
    Notify(destinations::Notify),
    Login(login::Login),
    Token(token::Token),
    Secret(secret::SecretCommand),
    Doctor(doctor::Doctor),
    Install(install::Install),
    Check(check::Check),
    Uninstall(uninstall::Uninstall),
    Completions(completions::Completions),
    Man(man::Manual),
}

impl Command {
    /// Reads the process's arguments; ends the process with a usage message where they make no sense.
    pub fn from_arguments() -> Self {
        Self::parse()
    }

    /// Does what was asked, and says on standard error what went wrong.
    pub async fn run(self) -> ExitCode {
        let action = self.action.unwrap_or_else(|| Action::Up(up::Up::default()));
        match Box::pin(action.run()).await.and_then(|()| output::written()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                complain(error.as_ref());
                exit_code(error.as_ref())
            }
        }
    }
}

impl Action {
    async fn run(self) -> Outcome {
        match self {
            Self::Up(up) => up.run().await,
            Self::Send(send) => send.run().await,
            Self::Alerts(alerts) => alerts.run().await,
            Self::Alert(alert) => alert.run().await,
            Self::Ack(ack) => ack.run().await,
            Self::Resolve(resolve) => resolve.run().await,
            Self::Note(note) => note.run().await,
            Self::Silence(silence) => silence.run().await,
            Self::Counts(counts) => counts.run().await,
            Self::Statistics(statistics) => statistics.run().await,
            Self::Events(events) => events.run().await,
            Self::Sources(sources) => sources.run().await,
            Self::Replay(replay) => replay.run().await,
            Self::Quarantine(quarantine) => quarantine.run().await,
            Self::Notifications(notifications) => notifications.run().await,
            Self::Destinations(destinations) => destinations.run().await,
            Self::Notify(notify) => notify.run().await,
            Self::Login(login) => login.run().await,
            Self::Token(token) => token.run().await,
            Self::Secret(secret) => secret.run().await,
            Self::Doctor(doctor) => doctor.run().await,
            Self::Install(install) => install.run().await,
            Self::Check(check) => check.run().await,
            Self::Uninstall(uninstall) => uninstall.run().await,
            Self::Completions(completions) => completions.run(),
            Self::Man(man) => man.run(),
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
