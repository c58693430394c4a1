//! The KAZOO account whose hooks call us, as the secret has it at this moment.

use std::sync::Arc;

use alert::{Clock, Source};
use aws::{DEVELOPMENT_TOKEN, Platform};
use kazoo::{Client, Configuration, DEADLINES, HookSummary, Location, Receiver};
use serde_json::Value;

use crate::kazoo::keeper::KazooError;
use crate::kazoo::secret::{KazooSecret, LoginError};

/// A client of the account, kept from run to run: its session lives for an hour, and a login is dear.
pub(crate) struct Account {
    pub(crate) client: Client,
    pub(crate) location: Location,
    /// Where a hook is to deliver, with a token that lets it in; `None` where the secret has none to show.
    pub(crate) receiver: Option<Receiver>,
    secret: KazooSecret,
    read_from: Value,
}

/// Whether there is anybody to ask.
pub(crate) enum Configured {
    Account(Arc<Account>),
    /// What is missing, for people.
    Incomplete(String),
}

impl Account {
    /// The account of the secret, `known` if that has not changed.
    pub(crate) async fn open(
        platform: &Platform,
        clock: &Arc<dyn Clock>,
        known: Option<Arc<Self>>,
    ) -> Result<Configured, KazooError> {
        let keyring =
            platform.secrets.get::<Value>(Source::Kazoo.as_str()).await.map_err(KazooError::Secret)?;
        let name = format!("{}/kazoo", platform.configuration.secret_prefix);
        let Some(keyring) = keyring else {
            return Ok(Configured::Incomplete(format!("there is no secret `{name}`")));
        };
        if let Some(known) = known.filter(|known| known.read_from == keyring.current) {
            return Ok(Configured::Account(known));
        }
        let Some(public_url) = &platform.configuration.public_url else {
            let missing =
                "`CAMPANILE_PUBLIC_URL` does not say under which address KAZOO's hooks reach Campanile";
            return Ok(Configured::Incomplete(missing.to_owned()));
        };
        let location = Location::parse(public_url).map_err(KazooError::Location)?;
        let secret: KazooSecret = serde_json::from_value(keyring.current.clone())
            .map_err(|_| KazooError::Unreadable { name: name.clone() })?;
        let (base_url, credentials) = match secret.login(&name) {
            Ok(login) => login,
            Err(missing @ LoginError::Missing { .. }) => {
                return Ok(Configured::Incomplete(missing.to_string()));
            }
            Err(error) => return Err(KazooError::Login(error)),
        };
        let account = secret.account().map_err(KazooError::Login)?;
        let configuration = Configuration { base_url, credentials, account, deadlines: DEADLINES };
        let client = Client::new(configuration, Arc::clone(clock)).map_err(KazooError::Call)?;
        let receiver = receiver(&secret, &location);
        Ok(Configured::Account(Arc::new(Self {
            client,
            location,
            receiver,
            secret,
            read_from: keyring.current.clone(),
        })))
    }

    /// Whether `hook` is ours, and one that is let in.
    pub(crate) fn owns(&self, hook: &HookSummary) -> bool {
        self.location.owns(&hook.hook, &hook.uri) && self.secret.admits(&hook.id)
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("location", &self.location).finish_non_exhaustive()
    }
}

/// A token of development would not do in another's hook, nor would one that cannot stand in an address.
fn receiver(secret: &KazooSecret, location: &Location) -> Option<Receiver> {
    let token = secret.token().filter(|token| !token.expose().starts_with(DEVELOPMENT_TOKEN))?;
    Receiver::new(location.clone(), token).ok()
}
