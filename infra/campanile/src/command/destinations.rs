//! The destinations as an operator tries them out: are the settings right, and does anybody answer.

use aws::{Configuration, SystemClock};
use clap::Args;
use intake::{Clock, chain};
use notify::{Courier, Deadlines, Destination, Reach, Settings, Verdict};
use serde_json::Value;

use super::check::Unhealthy;
use super::secrets::Secrets;
use super::{Outcome, remark, say};

/// Name of the secret.
const SECRET: &str = "campanile/destinations";

/// Check the settings of the destinations, and run the ownership check of those that have one
#[derive(Debug, Args)]
pub(super) struct Destinations {
    #[command(flatten)]
    origin: Origin,
}

/// Send a test to a destination
#[derive(Debug, Args)]
pub(super) struct Notify {
    /// Id or name of the destination
    #[arg(long, value_name = "NAME")]
    test: String,
    #[command(flatten)]
    origin: Origin,
}

/// Where the settings are
#[derive(Debug, Args)]
struct Origin {
    #[command(flatten)]
    secrets: Secrets,
    /// Allow http and addresses of this machine, as the local bundle does
    #[arg(long)]
    allow_loopback: bool,
}

/// What is wrong with the destinations.
#[derive(Debug, thiserror::Error)]
enum DestinationsError {
    #[error("there is no secret `{SECRET}`: create it with {{\"destinations\":[…]}}")]
    Missing,
    #[error("there is no destination `{0}`: `campanile check destinations` lists them")]
    Unknown(String),
    #[error("the test was not taken: {0}")]
    Refused(String),
}

impl Destinations {
    pub(super) async fn run(self) -> Outcome {
        let (settings, reach) = self.origin.settings().await?;
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
        if mistakes == 0 {
            Ok(())
        } else {
            Err(Unhealthy { remedy: "correct what is marked as a mistake or as failed above" }.into())
        }
    }
}

async fn check(courier: &Courier, destination: &Destination) -> Result<&'static str, String> {
    if !destination.asks_for_challenge() {
        return Ok(if destination.is_enabled { "ok" } else { "disabled" });
    }
    let random = std::array::from_fn(|_| fastrand::u8(..));
    let passed = courier.challenge(destination, random).await;
    passed.map(|()| "passed").map_err(|failure| chain(&failure))
}

impl Notify {
    pub(super) async fn run(self) -> Outcome {
        let (settings, reach) = self.origin.settings().await?;
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

impl Origin {
    async fn settings(&self) -> Outcome<(Settings, Reach)> {
        let configuration = Configuration::from_environment()?;
        let reach = Reach::public().and_networks(configuration.notify_networks.clone());
        let reach = if self.allow_loopback { reach.and_loopback() } else { reach };
        let secret: Value = self.secrets.read("destinations", &configuration).await?;
        if secret.is_null() {
            return Err(DestinationsError::Missing.into());
        }
        Ok((Settings::read(&secret.to_string(), &reach), reach))
    }
}
