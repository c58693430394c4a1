//! The destinations as an operator tries them out: are the settings right, and does anybody answer.

use std::path::PathBuf;

use aws::{Configuration, SystemClock, connect};
use clap::Args;
use intake::{Clock, chain};
use notify::{Courier, Deadlines, Destination, Reach, Settings, Verdict};
use serde_json::value::RawValue;

use super::{Outcome, remark, say};

/// Name of the secret.
const SECRET: &str = "campanile/destinations";

/// Check the settings of the destinations, and run the ownership check of those that have one
#[derive(Debug, Args)]
pub(super) struct Destinations {
    #[command(flatten)]
    source: Source,
}

/// Send a test to a destination
#[derive(Debug, Args)]
pub(super) struct Notify {
    /// Id or name of the destination
    #[arg(long, value_name = "NAME")]
    test: String,
    #[command(flatten)]
    source: Source,
}

/// Where the settings are
#[derive(Debug, Args)]
struct Source {
    /// JSON object of secret name to secret value, as `campanile up` takes it; the deployed secret unless given
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// Allow http and addresses of this machine, as the local bundle does
    #[arg(long)]
    allow_loopback: bool,
}

/// What is wrong with the destinations.
#[derive(Debug, thiserror::Error)]
enum DestinationsError {
    #[error("cannot read `{}`", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("`{}` is not a JSON object of secrets: line {line}, column {column}", path.display())]
    NotJson { path: PathBuf, line: usize, column: usize },
    #[error("there is no secret `{SECRET}`: create it with {{\"destinations\":[…]}}")]
    Missing,
    #[error("{0} of the settings or checks failed: see above")]
    Mistaken(usize),
    #[error("there is no destination `{0}`: `campanile check destinations` lists them")]
    Unknown(String),
    #[error("the test was not taken: {0}")]
    Refused(String),
}

impl Destinations {
    pub(super) async fn run(self) -> Outcome {
        let (settings, reach) = self.source.settings().await?;
        let mut mistakes = settings.mistakes.len();
        settings.mistakes.iter().for_each(|mistake| say(format!("mistake  {mistake}")));
        settings.warnings.iter().for_each(|warning| say(format!("warning  {warning}")));
        let courier = Courier::new(&settings.destinations, reach, Deadlines::default())?;
        for destination in &settings.destinations {
            match check(&courier, destination).await {
                Ok(what) => say(format!("{:<8} {} ({})", what, destination.id, destination.host())),
                Err(failure) => {
                    mistakes += 1;
                    say(format!("failed   {} ({}): {failure}", destination.id, destination.host()));
                }
            }
        }
        if mistakes == 0 { Ok(()) } else { Err(DestinationsError::Mistaken(mistakes).into()) }
    }
}

async fn check(courier: &Courier, destination: &Destination) -> Result<&'static str, String> {
    if !destination.asks_for_challenge() {
        return Ok(if destination.is_enabled { "ok" } else { "disabled" });
    }
    let random = std::array::from_fn(|_| fastrand::u8(..));
    let passed = courier.challenge(destination, random).await;
    passed.map(|()| "passed").map_err(|failure| chain(&failure).to_string())
}

impl Notify {
    pub(super) async fn run(self) -> Outcome {
        let (settings, reach) = self.source.settings().await?;
        settings.mistakes.iter().for_each(|mistake| remark(format!("mistake: {mistake}")));
        let named = |destination: &&Destination| {
            destination.id == self.test || destination.name.as_deref() == Some(self.test.as_str())
        };
        let destination = settings.destinations.iter().find(named);
        let destination = destination.ok_or_else(|| DestinationsError::Unknown(self.test.clone()))?;
        let courier = Courier::new(std::slice::from_ref(destination), reach, Deadlines::default())?;
        let token = format!("{:032x}", fastrand::u128(..));
        let outcome = courier.test(destination, &token, SystemClock.now()).await;
        if outcome.verdict != Verdict::Sent {
            return Err(DestinationsError::Refused(outcome.reason.unwrap_or_default()).into());
        }
        say(format!("{} ({}) took the test", destination.id, destination.host()));
        Ok(())
    }
}

impl Source {
    async fn settings(&self) -> Result<(Settings, Reach), Box<dyn std::error::Error + Send + Sync>> {
        let configuration = Configuration::from_environment()?;
        let reach = Reach::public().and_networks(configuration.notify_networks.clone());
        let reach = if self.allow_loopback { reach.and_loopback() } else { reach };
        let text = match &self.secrets {
            Some(path) => in_file(path).await?,
            None => deployed(configuration).await?,
        };
        Ok((Settings::read(&text, &reach), reach))
    }
}

async fn in_file(path: &PathBuf) -> Result<String, DestinationsError> {
    let bytes = tokio::fs::read(path).await;
    let bytes = bytes.map_err(|source| DestinationsError::File { path: path.clone(), source })?;
    let secrets: serde_json::Value = serde_json::from_slice(&bytes).map_err(|error| {
        DestinationsError::NotJson { path: path.clone(), line: error.line(), column: error.column() }
    })?;
    let secret = secrets.get(SECRET).ok_or(DestinationsError::Missing)?;
    Ok(secret.as_str().map_or_else(|| secret.to_string(), str::to_owned))
}

async fn deployed(configuration: Configuration) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let platform = connect(configuration).await;
    let keyring = platform.secrets.get::<Box<RawValue>>("destinations").await?;
    Ok(keyring.ok_or(DestinationsError::Missing)?.current.get().to_owned())
}
