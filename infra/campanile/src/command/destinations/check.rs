//! `campanile check destinations`: what is wrong with the settings, the ownership checks, and what vendors say to calls
//! without effect.

use std::net::IpAddr;
use std::time::Duration;

use alert::Clock as _;
use aws::{HttpSender, SystemClock};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use channels::{Inspection, InspectionFailure, OwnershipFailure, Request};
use clap::Args;
use dispatch::{Destination, Transport};
use intake::chain;
use net::{Deadlines, EgressPolicy, Lookup, SystemLookup};
use tokio::time::timeout;

use super::super::check::Unhealthy;
use super::super::terminal_text::sanitize_for_terminal;
use super::super::{Outcome, say};
use super::{Named, Opened, Origin};

/// How long a name may take to be resolved.
const RESOLVE: Duration = Duration::from_secs(5);

/// Check the settings of the destinations and where their names lead, run the ownership check of those that have one, and
/// ask the vendors that have a call without effect; nobody is notified
#[derive(Debug, Args)]
pub(in crate::command) struct Destinations {
    #[command(flatten)]
    origin: Origin,
}

/// Why a destination cannot be notified.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("its name is not known here: check its spelling")]
    Unresolved(#[source] std::io::Error),
    #[error("its name was not resolved within {} seconds: try again", RESOLVE.as_secs())]
    Slow,
    #[error(transparent)]
    Denied(#[from] net::DeniedAddress),
    #[error(transparent)]
    Nowhere(#[from] net::Unanswered),
    #[error(transparent)]
    Ownership(#[from] OwnershipFailure),
    #[error(transparent)]
    Inspection(#[from] InspectionFailure),
}

/// What was found of a destination with which nothing is wrong.
enum Finding {
    /// In one word.
    Word(&'static str),
    /// Its settings are right, and why its vendor could not be asked.
    Unasked(String),
}

impl Destinations {
    pub(in crate::command) async fn run(self) -> Outcome {
        let Opened { settings, egress, console_url } = self.origin.open().await?;
        settings.mistakes.iter().for_each(|mistake| print("mistake", mistake));
        settings.warnings.iter().for_each(|warning| print("warning", warning));
        if console_url.is_none() && settings.destinations.iter().any(|destination| destination.has_links) {
            print(
                "warning",
                "CAMPANILE_CONSOLE_URL is not set: notifications carry no links to the console and none to acknowledge",
            );
        }
        let sender = HttpSender::new(egress.clone(), Deadlines::default());
        let mut is_healthy = settings.mistakes.is_empty();
        for destination in &settings.destinations {
            match check(&sender, &egress, destination).await {
                Ok(Finding::Word(what)) => print(what, Named(destination)),
                Ok(Finding::Unasked(why)) => print("ok", format!("{}; not asked: {why}", Named(destination))),
                Err(failure) => {
                    is_healthy = false;
                    print("failed", format!("{}: {}", Named(destination), chain(&failure)));
                }
            }
        }
        if settings.destinations.is_empty() && is_healthy {
            say("there are no destinations: nobody is notified");
        }
        if is_healthy {
            return Ok(());
        }
        Err(Unhealthy { remedy: "correct what is marked as a mistake or as failed above" }.into())
    }
}

fn print(what: &str, of: impl std::fmt::Display) {
    say(format!("{what:<8} {}", sanitize_for_terminal(&of.to_string())));
}

async fn check(
    sender: &HttpSender,
    egress: &EgressPolicy,
    destination: &Destination,
) -> Result<Finding, Failure> {
    if !destination.is_enabled {
        return Ok(Finding::Word("disabled"));
    }
    resolve(&SystemLookup, egress, &sender.host(destination).await?).await?;
    let inspections = destination.channel.inspections(SystemClock.now());
    let is_asked = destination.channel.ownership().is_some() || !inspections.is_empty();
    for inspection in inspections {
        if let Some(why) = inspect(sender, destination, inspection).await? {
            return Ok(Finding::Unasked(why));
        }
    }
    if let Some(ownership) = destination.channel.ownership() {
        let token = token();
        let question = Request::Http(ownership.question(&token));
        let answer = sender.send(destination, question).await;
        ownership.verify(&token, &answer)?;
    }
    Ok(Finding::Word(if is_asked { "passed" } else { "ok" }))
}

/// Makes one call without effect; yields why it says nothing of the notifier, which has a role of its own at AWS.
async fn inspect(
    sender: &HttpSender,
    destination: &Destination,
    inspection: Inspection,
) -> Result<Option<String>, Failure> {
    let is_by_aws = matches!(inspection.request, Request::Aws { .. });
    let answer = match sender.send(destination, inspection.request).await {
        Err(unanswered) if is_by_aws => return Ok(Some(chain(&unanswered))),
        answer => answer?,
    };
    match (inspection.judge)(&answer) {
        Err(failure) if !failure.is_about_the_destination() => Ok(Some(failure.to_string())),
        found => Ok(found.map(|()| None)?),
    }
}

/// 32 random bytes in base64url.
fn token() -> String {
    let bytes: [u8; 32] = std::array::from_fn(|_| fastrand::u8(..));
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether `host` leads to where destinations may be.
async fn resolve(lookup: &impl Lookup, egress: &EgressPolicy, host: &str) -> Result<(), Failure> {
    if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        // The settings are not read where it may not be reached.
        return Ok(());
    }
    let addresses = timeout(RESOLVE, lookup.lookup(host)).await.map_err(|_| Failure::Slow)?;
    for address in addresses.map_err(Failure::Unresolved)? {
        egress.check_address(address)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io;

    use net::Lookups;

    use super::*;

    /// Knows one name.
    struct Book(&'static [&'static str]);

    impl Lookup for Book {
        fn lookup(&self, name: &str) -> Lookups {
            let addresses = self.0.iter().map(|address| address.parse().unwrap()).collect();
            let found =
                if name == "chat.example.com" { Ok(addresses) } else { Err(io::ErrorKind::NotFound.into()) };
            Box::pin(async move { found })
        }
    }

    async fn found(addresses: &'static [&'static str], host: &str) -> String {
        let egress = EgressPolicy::public().and_networks(["10.1.0.0/16".parse().unwrap()]);
        resolve(&Book(addresses), &egress, host)
            .await
            .map_or_else(|failure| chain(&failure), |()| "found".to_owned())
    }

    #[tokio::test]
    async fn a_name_must_lead_to_where_destinations_may_be_with_all_its_addresses() {
        assert_eq!(found(&["1.1.1.1", "10.1.2.3"], "chat.example.com").await, "found");
        let denied = found(&["1.1.1.1", "169.254.169.254"], "chat.example.com").await;
        assert!(denied.starts_with("`169.254.169.254` is in a network"), "{denied}");
        let unknown = found(&[], "chat.example.co").await;
        assert_eq!(unknown, "its name is not known here: check its spelling: entity not found");
    }

    #[tokio::test]
    async fn an_address_is_not_looked_up() {
        for host in ["1.1.1.1", "[2001:4860:4860::8888]", "2001:4860:4860::8888"] {
            assert_eq!(found(&[], host).await, "found", "{host}");
        }
    }
}
