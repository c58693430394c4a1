//! Secrets Manager behind a cache that outlives its failures.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use alert::Source;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use intake::{Keyring, Secrets, SecretsError, SourceSecret, chain};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// What every token of development begins with; a function refuses a secret that holds one.
pub const DEVELOPMENT_TOKEN: &str = "campanile-development-";

/// How long we go on with a value that could not be renewed before we ask again.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// How long a read may take: the sender waits for little more, and the table is to be written yet.
const READ_LIMIT: Duration = Duration::from_secs(3);

/// Reads secrets by name and keeps them for a while; a value that cannot be renewed stays in use.
#[derive(Debug)]
pub struct SecretCache {
    client: Client,
    prefix: String,
    max_age: Duration,
    is_for_development: bool,
    slots: Mutex<HashMap<(String, TypeId), Slot>>,
}

/// The place of one secret as one type; who reads it holds it, so that one read serves all who wait.
type Slot = Arc<Mutex<Option<Cached>>>;

/// A keyring of some type, or the knowledge that there is none.
struct Cached {
    keyring: Option<Arc<dyn Any + Send + Sync>>,
    fresh_until: Instant,
}

impl std::fmt::Debug for Cached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cached").field("fresh_until", &self.fresh_until).finish_non_exhaustive()
    }
}

impl SecretCache {
    /// A cache before `client` for secrets named `<prefix>/…`, each read again after `max_age`.
    pub fn new(client: Client, prefix: String, max_age: Duration) -> Self {
        Self { client, prefix, max_age, is_for_development: false, slots: Mutex::default() }
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
        let key = (name.to_owned(), TypeId::of::<T>());
        let slot = Arc::clone(self.slots.lock().await.entry(key).or_default());
        let mut slot = slot.lock().await;
        if let Some(cached) = slot.as_ref().filter(|cached| cached.fresh_until > Instant::now()) {
            return Ok(cached.keyring());
        }
        match (self.read_in_time::<T>(name).await, slot.as_mut()) {
            (Ok(keyring), _) => {
                let keyring = keyring.map(|keyring| Arc::new(keyring) as Arc<dyn Any + Send + Sync>);
                let max_age = if keyring.is_some() { self.max_age } else { self.max_age.min(RETRY_AFTER) };
                let cached = slot.insert(Cached { keyring, fresh_until: Instant::now() + max_age });
                Ok(cached.keyring())
            }
            (Err(error), Some(stale)) => {
                tracing::warn!(
                    secret = name,
                    error = chain(&error),
                    "secret not renewed, the known value stays in use"
                );
                stale.fresh_until = Instant::now() + RETRY_AFTER;
                Ok(stale.keyring())
            }
            (Err(error), None) => Err(error),
        }
    }

    async fn read_in_time<T: DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<Keyring<T>>, SecretsError> {
        let read = tokio::time::timeout(READ_LIMIT, self.read(name)).await;
        read.unwrap_or_else(|elapsed| {
            let name = format!("{}/{name}", self.prefix);
            Err(SecretsError::Unavailable { name, source: Box::new(elapsed) })
        })
    }

    /// Makes `value` the current version of the secret `<prefix>/<name>`, which must exist.
    pub async fn put<T: Serialize>(&self, name: &str, value: &T) -> Result<(), PutSecretError> {
        let name = format!("{}/{name}", self.prefix);
        let text = serde_json::to_string(value)
            .map_err(|error| PutSecretError { name: name.clone(), source: Box::new(error) })?;
        let put = self.client.put_secret_value().secret_id(&name).secret_string(text).send().await;
        put.map(drop).map_err(|error| PutSecretError { name, source: Box::new(error) })
    }

    async fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<Keyring<T>>, SecretsError> {
        let name = format!("{}/{name}", self.prefix);
        let versions =
            futures::future::join(self.version(&name, "AWSCURRENT"), self.version(&name, "AWSPREVIOUS"));
        let (current, previous) = versions.await;
        let Some(current) = current? else { return Ok(None) };
        if self.refuses(&current) {
            return Err(SecretsError::Development { name });
        }
        let current = parse(&name, &current)?;
        // The previous version is a courtesy to senders that were not told yet: without it the current one still works.
        let previous = previous.ok().flatten().filter(|text| !self.refuses(text));
        let previous = previous.and_then(|text| parse(&name, &text).ok());
        Ok(Some(Keyring { current, previous }))
    }

    /// Whether a version holds a token that everybody knows, outside the local bundle.
    fn refuses(&self, text: &str) -> bool {
        text.contains(DEVELOPMENT_TOKEN) && !self.is_for_development
    }

    async fn version(&self, name: &str, stage: &str) -> Result<Option<String>, SecretsError> {
        let answer = self.client.get_secret_value().secret_id(name).version_stage(stage).send().await;
        match answer {
            Ok(value) => Ok(value.secret_string.filter(|text| !text.trim().is_empty())),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(SecretsError::Unavailable { name: name.to_owned(), source: Box::new(error) }),
        }
    }
}

/// A secret that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("could not write the secret `{name}`: does it exist, and may you write it")]
pub struct PutSecretError {
    name: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl Cached {
    fn keyring<T: Send + Sync + 'static>(&self) -> Option<Arc<Keyring<T>>> {
        self.keyring.clone().and_then(|keyring| keyring.downcast().ok())
    }
}

impl Secrets for SecretCache {
    async fn keyring(&self, source: Source) -> Result<Option<Arc<Keyring<SourceSecret>>>, SecretsError> {
        self.get(source.as_str()).await
    }
}

fn parse<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, SecretsError> {
    // serde's message may quote the value, so only the place goes into the error.
    serde_json::from_str(text).map_err(|error| SecretsError::Malformed {
        name: name.to_owned(),
        line: error.line(),
        column: error.column(),
    })
}

fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("ResourceNotFoundException")
}
