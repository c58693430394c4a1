//! The secrets that a command needs of an operator.

use std::path::{Path, PathBuf};

use aws::{Configuration, Platform};
use clap::Args;
use intake::SecretsError;
use serde::de::DeserializeOwned;

use crate::bundle::BundleError;
use crate::embedded::{EmbeddedSecrets, sdk_config};

/// Where secrets are.
#[derive(Debug, Args)]
pub(super) struct Secrets {
    /// JSON object of secret name to secret value, as for `campanile up`, instead of AWS Secrets Manager
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
}

/// A secret that could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadSecretError {
    #[error(transparent)]
    File(#[from] BundleError),
    #[error(transparent)]
    Secret(#[from] SecretsError),
}

impl Secrets {
    /// The secret `<prefix>/<name>`; empty where there is none.
    pub(super) async fn read<T>(
        &self,
        name: &str,
        configuration: &Configuration,
    ) -> Result<T, ReadSecretError>
    where
        T: DeserializeOwned + Clone + Default + Send + Sync + 'static,
    {
        let platform = match &self.secrets {
            Some(file) => platform_of(file, configuration.clone()).await?,
            None => aws::connect(configuration.clone()).await,
        };
        let keyring = platform.secrets.get::<T>(name).await?;
        Ok(keyring.map(|keyring| keyring.current.clone()).unwrap_or_default())
    }
}

/// The secrets in `file`, as the embedded Secrets Manager.
pub(super) async fn from_file(file: &Path) -> Result<EmbeddedSecrets, BundleError> {
    let file = file.to_owned();
    match tokio::fs::read(&file).await {
        Ok(document) => EmbeddedSecrets::from_json(&document)
            .await
            .map_err(|source| BundleError::Secrets { file, source }),
        Err(source) => Err(BundleError::SecretsFile { file, source }),
    }
}

/// A platform of which the secrets alone are of use.
async fn platform_of(file: &Path, configuration: Configuration) -> Result<Platform, BundleError> {
    let sdk = sdk_config(from_file(file).await?);
    Ok(Platform::for_development(&sdk, &sdk, configuration))
}
