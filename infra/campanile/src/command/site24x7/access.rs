//! Getting at Site24x7: the secret, and a client of the account that it names.

use std::time::Duration;

use alert::Clock as _;
use aws::{Configuration, SystemClock};
use clap::Args;
use jiff::Timestamp;
use serde_json::{Map, Value};
use site24x7::{AccountConfiguration, Client, Deadlines, Hosts, MemoryTokenStore, Transport};

use crate::command::Outcome;
use crate::command::secrets::Secrets;

/// How long a command may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Where the secret is.
#[derive(Debug, Args)]
pub(super) struct Access {
    #[command(flatten)]
    pub(super) secrets: Secrets,
}

/// The secret of Site24x7 and what an operator has set.
pub(super) struct Opened {
    pub(super) members: Map<String, Value>,
    pub(super) configuration: Configuration,
}

impl Access {
    /// Reads the secret; nothing is sent yet.
    pub(super) async fn open(&self) -> Outcome<Opened> {
        let configuration = Configuration::from_environment()?;
        let members = self.secrets.read("site24x7", &configuration).await?;
        Ok(Opened { members, configuration })
    }
}

impl Opened {
    /// What the secret is called.
    pub(super) fn secret_name(&self) -> String {
        format!("{}/site24x7", self.configuration.secret_prefix)
    }

    /// The secret as JSON, as the client reads it.
    pub(super) fn text(&self) -> String {
        Value::Object(self.members.clone()).to_string()
    }

    /// A client of `settings`, whose token nobody else learns of.
    pub(super) fn client(
        &self,
        settings: AccountConfiguration,
    ) -> Outcome<Client<MemoryTokenStore, SystemClock>> {
        let hosts = self.hosts(&settings);
        let client = Client::new(transport()?, settings, MemoryTokenStore::default(), SystemClock);
        Ok(client.at(hosts))
    }

    fn hosts(&self, settings: &AccountConfiguration) -> Hosts {
        self.configuration.site24x7_hosts.clone().unwrap_or_else(|| settings.data_center().hosts())
    }
}

/// HTTP with the deadlines of a person who waits.
pub(super) fn transport() -> Outcome<Transport> {
    Ok(Transport::new(Deadlines::default())?)
}

/// When a command that starts now has to be over.
pub(super) fn deadline() -> Timestamp {
    SystemClock.now().checked_add(PATIENCE).unwrap_or(Timestamp::MAX)
}
