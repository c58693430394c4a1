//! Secrets Manager behind a cache that outlives its failures.

mod slot;
mod versions;

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use intake::{
    Finding, Gravity, Keyring, KeyringOf, Measure, Protocol, SecretReport, Secrets, SecretsError,
    SourceSecret, chain, count_without_source, read_json,
};
use net::Secret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use tokio::time::Instant;

use self::slot::{Freshness, Slot};
use self::versions::{Versions, Wanted, fetch};

/// What every token of development begins with; a function refuses a secret that holds one.
pub const DEVELOPMENT_TOKEN: &str = "campanile-development-";

/// How long we go on with a value that could not be renewed before we ask again.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// Reads secrets by name and keeps them for a while; a value that cannot be renewed stays in use.
#[derive(Debug)]
pub struct SecretCache {
    client: Client,
    prefix: String,
    max_age: Duration,
    is_for_development: bool,
    secrets: Mutex<HashMap<(String, TypeId), Arc<CachedSecret>>>,
}

/// The place of one secret as one type.
#[derive(Debug, Default)]
struct CachedSecret {
    slot: std::sync::Mutex<Slot>,
    /// Held while the secret is read, so that one read serves all who wait; who can do with what is known does not.
    reading: Mutex<()>,
}

impl CachedSecret {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, freshness: Freshness, asked_at: Instant) -> Option<MutexGuard<'_, Slot>> {
        Some(self.slot()).filter(|slot| slot.serves(freshness, asked_at))
    }
}

impl SecretCache {
    /// A cache before `client` for secrets named `<prefix>/…`, each read again after `max_age`.
    pub fn new(client: Client, prefix: String, max_age: Duration) -> Self {
        Self { client, prefix, max_age, is_for_development: false, secrets: Mutex::default() }
    }

    /// The same cache, but one that accepts the tokens of development: for the local bundle alone.
    #[must_use]
    pub fn for_development(self) -> Self {
        Self { is_for_development: true, ..self }
    }

    /// The valid versions of the secret `<prefix>/<name>`; `None` if there is no such secret.
    ///
    /// Requests that come together wait for one read; who reads the same secret as another type reads it for itself.
    pub async fn get<T>(&self, name: &str) -> Result<Option<Arc<Keyring<T>>>, SecretsError>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        self.keyring_of(name, Freshness::ByAge, Wanted::Both, read_json).await
    }

    /// The same, where `read` makes the secret of the text and says what is wrong with it, which is logged.
    pub async fn read<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> SecretReport<T>,
    ) -> Result<Option<Arc<Keyring<T>>>, SecretsError>
    where
        T: Send + Sync + 'static,
    {
        self.keyring_of(name, Freshness::ByAge, Wanted::Both, read).await
    }

    /// The same, read anew unless that was done for this purpose within ten seconds: for a credential that the known
    /// versions lack.
    pub async fn renew<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> SecretReport<T>,
    ) -> Result<Option<Arc<Keyring<T>>>, SecretsError>
    where
        T: Send + Sync + 'static,
    {
        self.keyring_of(name, Freshness::Renewed, Wanted::Both, read).await
    }

    /// The text of the valid versions of the secret `<prefix>/<name>`, whatever it is; `None` if there is no such secret.
    pub async fn texts(&self, name: &str) -> Result<Option<Keyring<Secret>>, SecretsError> {
        let versions = fetch(&self.client, &self.full_name(name), Wanted::Both, None).await?;
        Ok(versions.map(|Versions { current, previous, .. }| Keyring { current, previous }))
    }

    /// Has every secret be read again when it is asked for next.
    pub async fn expire(&self) {
        self.secrets.lock().await.values().for_each(|place| place.slot().expire());
    }

    async fn keyring_of<T>(
        &self,
        name: &str,
        freshness: Freshness,
        wanted: Wanted,
        read: impl Fn(&str) -> SecretReport<T>,
    ) -> Result<Option<Arc<Keyring<T>>>, SecretsError>
    where
        T: Send + Sync + 'static,
    {
        let asked_at = Instant::now();
        let key = (name.to_owned(), TypeId::of::<T>());
        let place = Arc::clone(self.secrets.lock().await.entry(key).or_default());
        if let Some(known) = place.known(freshness, asked_at) {
            return Ok(known.keyring());
        }
        let _reading = place.reading.lock().await;
        let name = self.full_name(name);
        let known = {
            let mut slot = place.slot();
            if slot.serves(freshness, asked_at) {
                return Ok(slot.keyring());
            }
            if let Some(failure) = slot.failure_since(asked_at) {
                return Err(SecretsError::Unavailable { name, source: failure.into() });
            }
            slot.begin(freshness);
            slot.versions().cloned()
        };
        // Who once was asked for the previous version goes on with it: it is renewed and taken back like the current one.
        let was_asked = known.as_ref().is_some_and(|known| known.is_previous_asked);
        let wanted = if was_asked { Wanted::Both } else { wanted };
        let read = Box::pin(self.renewed(&name, wanted, known.as_ref(), read)).await;
        self.settle(&name, &mut place.slot(), read)
    }

    /// Notes what a read came to, and says what counts now.
    fn settle<T: Send + Sync + 'static>(
        &self,
        name: &str,
        slot: &mut Slot,
        read: Result<Option<(Keyring<T>, Versions)>, SecretsError>,
    ) -> Result<Option<Arc<Keyring<T>>>, SecretsError> {
        match read {
            Ok(known) => {
                let is_complete = known.as_ref().is_some_and(|(_, versions)| versions.is_complete);
                let max_age = if is_complete { self.max_age } else { self.max_age.min(RETRY_AFTER) };
                slot.learn(known, max_age);
            }
            Err(error) if slot.is_known() => {
                let error = chain(&error);
                tracing::warn!(secret = name, error, "secret not renewed, the known value stays in use");
                slot.keep_for(RETRY_AFTER);
            }
            Err(error) => {
                slot.fail(chain(&error));
                return Err(error);
            }
        }
        Ok(slot.keyring())
    }

    /// The versions as they are now, those that cannot be read as they were known.
    async fn renewed<T>(
        &self,
        name: &str,
        wanted: Wanted,
        known: Option<&Versions>,
        read: impl Fn(&str) -> SecretReport<T>,
    ) -> Result<Option<(Keyring<T>, Versions)>, SecretsError> {
        let Some(mut versions) = fetch(&self.client, name, wanted, known).await? else { return Ok(None) };
        let read = |text: &Secret| self.usable(name, text.expose(), &read);
        let mut current = read(&versions.current);
        if current.is_err() && !versions.is_previous_asked {
            let Some(both) = fetch(&self.client, name, Wanted::Both, known).await? else { return Ok(None) };
            versions = both;
            current = read(&versions.current);
        }
        let is_news = known.is_none_or(|known| known.current != versions.current);
        let previous = versions.previous.as_ref().map(read);
        let keyring = match (current, previous) {
            (Ok((current, findings)), previous) => {
                if is_news {
                    for finding in &findings {
                        log(name, finding);
                    }
                }
                // The previous version is a courtesy to senders that do not have the current one yet: it works without the previous one.
                Keyring { current, previous: previous.and_then(Result::ok).map(|(previous, _)| previous) }
            }
            (Err(error), Some(Ok((previous, _)))) => {
                tracing::error!(
                    secret = name,
                    error = chain(&error),
                    "secret unusable, its previous version stays in use: correct the current one"
                );
                count_without_source(Measure::UnusableSecrets, 1);
                Keyring { current: previous, previous: None }
            }
            (Err(error), _) => {
                count_without_source(Measure::UnusableSecrets, 1);
                return Err(error);
            }
        };
        Ok(Some((keyring, versions)))
    }

    /// The secret that `text` is, and what is odd about it.
    fn usable<T>(
        &self,
        name: &str,
        text: &str,
        read: impl Fn(&str) -> SecretReport<T>,
    ) -> Result<(T, Vec<Finding>), SecretsError> {
        if text.contains(DEVELOPMENT_TOKEN) && !self.is_for_development {
            return Err(SecretsError::Development { name: name.to_owned() });
        }
        let reading = read(text);
        let problem = reading.first_mistake();
        let secret = reading.secret;
        let secret = secret.ok_or_else(|| SecretsError::Malformed { name: name.to_owned(), problem })?;
        Ok((secret, reading.findings))
    }

    /// Makes `value` the current version of the secret `<prefix>/<name>`, which must exist.
    pub async fn put<T: Serialize>(&self, name: &str, value: &T) -> Result<(), PutSecretError> {
        let name = self.full_name(name);
        let text = serde_json::to_string(value)
            .map_err(|error| PutSecretError { name: name.clone(), source: Box::new(error) })?;
        let put = self.client.put_secret_value().secret_id(&name).secret_string(text).send().await;
        put.map(drop).map_err(|error| PutSecretError { name, source: Box::new(error) })
    }

    fn full_name(&self, name: &str) -> String {
        format!("{}/{name}", self.prefix)
    }
}

fn log(secret: &str, finding: &Finding) {
    let Finding { gravity, path, problem } = finding;
    match gravity {
        Gravity::Mistake => tracing::error!(secret, path, problem, "secret has a mistake"),
        Gravity::Warning => tracing::warn!(secret, path, problem, "secret is odd"),
    }
}

/// A secret that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("could not write the secret `{name}`: does it exist, and may you write it")]
pub struct PutSecretError {
    name: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl Secrets for SecretCache {
    async fn keyring<P: Protocol>(&self) -> Result<Option<Arc<KeyringOf<P>>>, SecretsError> {
        // The previous version is left unread until a credential comes that the current one lacks, or until the current one
        // cannot be used: mostly nobody ever asks for it, and each function's start would wait for it.
        let name = P::SOURCE.as_str();
        self.keyring_of(name, Freshness::ByAge, Wanted::Current, SourceSecret::read).await
    }

    async fn renewed<P: Protocol>(&self) -> Result<Option<Arc<KeyringOf<P>>>, SecretsError> {
        self.renew(P::SOURCE.as_str(), SourceSecret::read).await
    }
}
