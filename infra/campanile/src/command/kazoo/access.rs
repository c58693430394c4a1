//! Getting at KAZOO: whose address, which credentials, and where Campanile is for it.

use std::sync::Arc;

use aws::{Configuration, DEVELOPMENT_TOKEN, SystemClock};
use clap::Args;
use intake::chain;
use kazoo::{AccountId, BaseUrl, Client, DEADLINES, HookId, Location, LocationError, Receiver};
use net::Secret;
use poll::kazoo::KazooSecret;

use super::secret::complete_login;
use crate::command::address::Address;
use crate::command::probe::Probe;
use crate::command::secrets::{ReadSecretError, Secrets};
use crate::command::terminal::{Prompt, Terminal};
use crate::command::{Outcome, remark};

/// Which KAZOO, and who we are to it.
#[derive(Debug, Args)]
pub(super) struct Access {
    /// Address under which KAZOO reaches Campanile, such as `https://alerts.example.com`
    #[arg(long, env = "CAMPANILE_URL", hide_env_values = true)]
    url: String,
    /// Id of the account whose webhooks are meant; the secret's `account_id`, or else the account that is logged in to, unless given
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    #[command(flatten)]
    secrets: Secrets,
}

/// A KAZOO that can be logged in to, and where Campanile is for it.
pub(super) struct Kazoo {
    pub(super) client: Client,
    pub(super) location: Location,
    base_url: BaseUrl,
    secret: KazooSecret,
    secret_name: String,
}

/// A token that no hook is to show.
#[derive(Debug, thiserror::Error)]
enum TokenError {
    #[error(
        "the secret `{name}` has no `tokens`: put a random one there, or run the command in a terminal to be asked"
    )]
    Missing { name: String },
    #[error(
        "the secret `{name}` holds a token of development: put one of your own there, 32 random bytes long"
    )]
    Development { name: String },
    #[error("the first token of the secret `{name}` is none that KAZOO can show")]
    Unusable {
        name: String,
        #[source]
        source: LocationError,
    },
}

impl Access {
    /// Where Campanile's API is.
    pub(super) fn address(&self) -> Option<Address> {
        self.url.parse().ok()
    }

    /// Reads all that a login needs, and asks for the rest where a person is there; nothing is sent yet.
    pub(super) async fn open(&self) -> Outcome<Kazoo> {
        let location = Location::parse(&self.url)?;
        let configuration = Configuration::from_environment()?;
        let secret_name = format!("{}/kazoo", configuration.secret_prefix);
        let secret = self.secret(&configuration).await?;
        let (base_url, credentials) = secret.login(&secret_name)?;
        let settings = kazoo::Configuration {
            base_url: base_url.clone(),
            credentials,
            account: self.account.clone().map_or_else(|| secret.account(), |account| Ok(Some(account)))?,
            deadlines: DEADLINES,
        };
        let client = Client::new(settings, Arc::new(SystemClock))?;
        Ok(Kazoo { client, location, base_url, secret, secret_name })
    }

    async fn secret(&self, configuration: &Configuration) -> Outcome<KazooSecret> {
        let read = self.secrets.read("kazoo", configuration).await;
        let Some(mut terminal) = Terminal::attached() else { return Ok(read?) };
        let mut secret: KazooSecret = match read {
            // Who is there can say what the secret would.
            Err(error @ ReadSecretError::InAws(_)) => {
                remark(chain(&error));
                KazooSecret::default()
            }
            read => read?,
        };
        complete_login(&mut secret, &mut terminal)?;
        Ok(secret)
    }
}

impl Kazoo {
    /// Where KAZOO is to deliver, and the token that lets it in.
    pub(super) fn receiver(&self) -> Outcome<Receiver> {
        let name = || self.secret_name.clone();
        let token = self.token()?.ok_or_else(|| TokenError::Missing { name: name() })?;
        if token.expose().starts_with(DEVELOPMENT_TOKEN) {
            return Err(TokenError::Development { name: name() }.into());
        }
        let receiver = Receiver::new(self.location.clone(), token);
        Ok(receiver.map_err(|source| TokenError::Unusable { name: name(), source })?)
    }

    /// Asks Campanile whether it knows the token that hooks are to show: six refusals in a minute would switch them off.
    pub(super) async fn ask_campanile(&self, probe: &Probe) -> Outcome {
        let Some(token) = self.secret.token() else { return Ok(()) };
        probe.ask(&self.location.to_string(), token.expose(), &self.secret_name).await
    }

    fn token(&self) -> Outcome<Option<Secret>> {
        match (self.secret.token(), Terminal::attached()) {
            (None, Some(mut terminal)) => {
                let question = format!("Token that KAZOO is to show, one of `{}`", self.secret_name);
                Ok(Some(terminal.ask_secretly(&question)?))
            }
            (token, _) => Ok(token),
        }
    }

    /// Warns of each of `hooks` whose requests Campanile refuses because the secret names others, and KAZOO then
    /// switches off; says whether there was none.
    pub(super) fn admits<'a>(&self, hooks: impl IntoIterator<Item = &'a HookId>) -> bool {
        let refused: Vec<_> = hooks.into_iter().filter(|hook| !self.secret.admits(hook)).collect();
        for hook in &refused {
            let name = &self.secret_name;
            remark(format!(
                "{hook} will be refused: add it to `hook_ids` of the secret `{name}`, or empty those"
            ));
        }
        refused.is_empty()
    }

    /// Which account of which KAZOO is worked on; logs in to learn it.
    pub(super) async fn name(&self) -> Outcome<String> {
        Ok(format!("account {} of {}", self.client.account().await?, self.base_url))
    }
}
