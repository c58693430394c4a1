//! The destinations as an operator tries them out: are the settings right, and does anybody answer.

mod check;
mod steer;
mod trial;

use std::fmt;

use aws::Configuration;
use clap::Args;
use dispatch::{Destination, NotificationConfiguration};
use net::EgressPolicy;
use serde_json::Value;

pub(super) use self::check::Destinations;
pub(super) use self::steer::Steering;
pub(super) use self::trial::Notify;
use super::Outcome;
use super::secrets::Secrets;

/// Where the settings are
#[derive(Debug, Args)]
struct Origin {
    #[command(flatten)]
    secrets: Secrets,
    /// Allow http and addresses of this machine, as the local bundle does
    #[arg(long)]
    allow_loopback: bool,
}

/// The settings, and where destinations may be.
struct Opened {
    settings: NotificationConfiguration,
    egress: EgressPolicy,
    /// Where people find the console, if that is configured.
    console_url: Option<String>,
}

/// There are no settings.
#[derive(Debug, thiserror::Error)]
#[error("there is no secret `{name}`: create it with {{\"destinations\":[…]}}")]
struct NoSecret {
    name: String,
}

impl Origin {
    async fn open(&self) -> Outcome<Opened> {
        let configuration = Configuration::from_environment()?;
        let egress = EgressPolicy::public().and_networks(configuration.notify_networks.clone());
        let egress = if self.allow_loopback { egress.and_loopback() } else { egress };
        let secret: Value = self.secrets.read("destinations", &configuration).await?;
        if secret.is_null() {
            let name = format!("{}/destinations", configuration.secret_prefix);
            return Err(NoSecret { name }.into());
        }
        let settings = NotificationConfiguration::read(&secret.to_string(), &egress);
        Ok(Opened { settings, egress, console_url: configuration.console_url })
    }
}

/// A destination as people know it: by its id and host, never by more of its URL.
struct Named<'a>(&'a Destination);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} at {})", self.0.id, self.0.channel.type_name(), self.0.channel.host())
    }
}
