//! The account that is polled, as the secret has it at this moment.

use std::sync::Arc;

use alert::{Clock, Source};
use aws::{AccountTokens, Platform};
use serde_json::Value;
use site24x7::{AccountConfiguration, AccountConfigurationError, Client, Transport};

use crate::site24x7::poller::PollError;

/// A client of the account, kept from run to run: its token stays in memory.
#[derive(Debug)]
pub(crate) struct Account<C> {
    pub(crate) client: Client<AccountTokens, C>,
    settings: Value,
}

/// Whether there is anything to poll.
pub(crate) enum Configured<C> {
    Account(Arc<Account<C>>),
    /// What the secret lacks, for people.
    Incomplete(String),
}

impl<C: Clock + Clone> Account<C> {
    /// The account of the secret, `known` if that has not changed.
    pub(crate) async fn open(
        platform: &Platform,
        transport: &Transport,
        clock: &C,
        known: Option<Arc<Self>>,
    ) -> Result<Configured<C>, PollError> {
        let keyring =
            platform.secrets.get::<Value>(Source::Site24x7.as_str()).await.map_err(PollError::Secret)?;
        let Some(keyring) = keyring else {
            let prefix = &platform.configuration.secret_prefix;
            return Ok(Configured::Incomplete(format!("there is no secret `{prefix}/site24x7`")));
        };
        if let Some(known) = known.filter(|known| known.settings == keyring.current) {
            return Ok(Configured::Account(known));
        }
        let settings = match AccountConfiguration::from_secret(&keyring.current.to_string()) {
            Ok(settings) => settings,
            Err(missing @ AccountConfigurationError::Missing(_)) => {
                return Ok(Configured::Incomplete(missing.to_string()));
            }
            Err(error) => return Err(PollError::Configuration(error)),
        };
        let tokens = AccountTokens::new(Arc::clone(&platform.table), Source::Site24x7, settings.account());
        let client = Client::new(transport.clone(), settings, tokens, clock.clone());
        let client = match &platform.configuration.site24x7_hosts {
            Some(hosts) => client.at(hosts.clone()),
            None => client,
        };
        Ok(Configured::Account(Arc::new(Self { client, settings: keyring.current.clone() })))
    }
}

impl<C: Clock> Account<C> {
    /// The `account` of every event.
    pub(crate) fn name(&self) -> &str {
        self.client.settings().account()
    }

    /// What links for people are made of.
    pub(crate) fn api_root(&self) -> &str {
        self.client.hosts().api_root()
    }
}
