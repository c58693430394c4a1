//! The destinations as an operator tries them out: are the settings right, and does anybody answer.

mod check;
mod trial;

use std::fmt;

use aws::Configuration;
use clap::Args;
use notify::{Destination, Reach, Settings};
use serde_json::Value;

pub(super) use self::check::Destinations;
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
    settings: Settings,
    reach: Reach,
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
        let reach = Reach::public().and_networks(configuration.notify_networks.clone());
        let reach = if self.allow_loopback { reach.and_loopback() } else { reach };
        let secret: Value = self.secrets.read("destinations", &configuration).await?;
        if secret.is_null() {
            let name = format!("{}/destinations", configuration.secret_prefix);
            return Err(NoSecret { name }.into());
        }
        Ok(Opened { settings: Settings::read(&secret.to_string(), &reach), reach })
    }
}

/// A destination as people know it: by its id and host, never by more of its URL.
struct Named<'a>(&'a Destination);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} at {})", self.0.id, self.0.kind().as_str(), self.0.host())
    }
}
