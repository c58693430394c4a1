//! The versions of one secret as Secrets Manager has them.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use intake::{SecretsError, chain};
use net::Secret;
use tokio::time::timeout;

/// How long a read may take: the sender waits for little more, and the table is to be written yet.
const READ_LIMIT: Duration = Duration::from_secs(3);

/// The texts of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Versions {
    /// `AWSCURRENT`.
    pub(super) current: Secret,
    /// `AWSPREVIOUS`, if it was asked for.
    pub(super) previous: Option<Secret>,
    /// Whether whatever was asked for was read; the previous one may be what was known of it.
    pub(super) is_complete: bool,
    /// Whether the previous one was asked for.
    pub(super) is_previous_asked: bool,
}

/// Which versions to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The current one alone.
    Current,
    /// The previous one as well.
    Both,
}

impl Versions {
    /// What is the previous version to `current`, as far as these are known.
    fn before(&self, current: &Secret) -> Option<Secret> {
        if self.current == *current { self.previous.clone() } else { Some(self.current.clone()) }
    }
}

/// Reads the `wanted` versions of the secret `name`; `None` if there is no such secret. `known` stands in for a previous
/// version that cannot be read: a failed read does not say that there is none.
pub(super) async fn fetch(
    client: &Client,
    name: &str,
    wanted: Wanted,
    known: Option<&Versions>,
) -> Result<Option<Versions>, SecretsError> {
    if wanted == Wanted::Current {
        let current = version(client, name, "AWSCURRENT").await?;
        let alone =
            |current| Versions { current, previous: None, is_complete: true, is_previous_asked: false };
        return Ok(current.map(alone));
    }
    let [current, previous] = ["AWSCURRENT", "AWSPREVIOUS"].map(|stage| version(client, name, stage));
    let (current, previous) = futures::future::join(current, previous).await;
    let Some(current) = current? else { return Ok(None) };
    let (previous, is_complete) = match previous {
        Ok(previous) => (previous, true),
        Err(error) => {
            let error = chain(&error);
            tracing::warn!(secret = name, error, "previous version of the secret not read");
            (known.and_then(|known| known.before(&current)), false)
        }
    };
    Ok(Some(Versions { current, previous, is_complete, is_previous_asked: true }))
}

async fn version(client: &Client, name: &str, stage: &str) -> Result<Option<Secret>, SecretsError> {
    let asking = client.get_secret_value().secret_id(name).version_stage(stage).send();
    let unavailable = |source| SecretsError::Unavailable { name: name.to_owned(), source };
    match timeout(READ_LIMIT, asking).await {
        // One that is binary has no text, and is reported like one that is blank.
        Ok(Ok(value)) => Ok(Some(Secret::new(value.secret_string.unwrap_or_default()))),
        Ok(Err(error)) if is_missing(&error) => Ok(None),
        Ok(Err(error)) => Err(unavailable(error.into())),
        Err(elapsed) => Err(unavailable(elapsed.into())),
    }
}

fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("ResourceNotFoundException")
}
