//! The secrets that a command needs of an operator.

pub(super) mod check;
pub(super) mod known;
pub(super) mod reading;

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aws::{Configuration, Platform};
use clap::Args;
use intake::SecretsError;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::bundle::BundleError;
use crate::embedded::{SecretsFile, sdk_config};

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
    #[error("AWS Secrets Manager cannot be asked: give its credentials and region, or a file with --secrets")]
    InAws(#[source] SecretsError),
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
        let platform = self.platform(configuration).await?;
        let keyring = platform.secrets.get::<T>(name).await.map_err(|error| self.failed(error))?;
        Ok(keyring.map(|keyring| keyring.current.clone()).unwrap_or_default())
    }
}

/// A secret that could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteSecretError {
    #[error(transparent)]
    Secret(#[from] aws::PutSecretError),
    #[error("cannot read `{}`: is it the JSON object that it should be", file.display())]
    Read {
        file: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot write `{}`", file.display())]
    Write {
        file: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Secrets {
    /// A platform of which the secrets alone are of use.
    pub(super) async fn platform(&self, configuration: &Configuration) -> Result<Platform, BundleError> {
        match &self.secrets {
            Some(file) => platform_of(file, configuration.clone()).await,
            None => Ok(aws::connect(configuration.clone()).await),
        }
    }

    /// The file of secrets, unless they are in AWS Secrets Manager.
    pub(super) fn file(&self) -> Option<&Path> {
        self.secrets.as_deref()
    }

    pub(super) fn failed(&self, error: SecretsError) -> ReadSecretError {
        match error {
            SecretsError::Unavailable { .. } if self.are_in_aws() => ReadSecretError::InAws(error),
            error => ReadSecretError::Secret(error),
        }
    }

    /// Whether they are in AWS Secrets Manager.
    pub(super) fn are_in_aws(&self) -> bool {
        self.secrets.is_none()
    }

    /// Makes `members` the secret `<prefix>/<name>`.
    pub(super) async fn write(
        &self,
        name: &str,
        members: &Map<String, Value>,
        configuration: &Configuration,
    ) -> Result<(), WriteSecretError> {
        let Some(file) = &self.secrets else {
            let platform = aws::connect(configuration.clone()).await;
            return Ok(platform.secrets.put(name, members).await?);
        };
        let full_name = format!("{}/{name}", configuration.secret_prefix);
        let failed = |source| WriteSecretError::Read { file: file.clone(), source };
        let mut document: Map<String, Value> =
            serde_json::from_slice(&fs::read(file).map_err(failed)?).map_err(|error| failed(error.into()))?;
        document.insert(full_name, Value::Object(members.clone()));
        let text = format!("{:#}\n", Value::Object(document));
        replace(file, &text).map_err(|source| WriteSecretError::Write { file: file.clone(), source })
    }
}

/// Puts `text` in place of what `file` holds, all of it or nothing, with the permissions that it has.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    // Beside the file itself, not beside a link to it.
    let file = fs::canonicalize(file)?;
    let mut beside = file.clone().into_os_string();
    beside.push(".new");
    let _ = fs::remove_file(&beside);
    let mut new = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    new.set_permissions(fs::metadata(&file)?.permissions())?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    fs::rename(&beside, &file)
}

/// The secrets in `file`, as the embedded Secrets Manager.
pub(super) async fn from_file(file: &Path) -> Result<SecretsFile, BundleError> {
    SecretsFile::open(file.to_owned()).await.map_err(BundleError::SecretsFile)
}

/// A platform of which the secrets alone are of use.
async fn platform_of(file: &Path, configuration: Configuration) -> Result<Platform, BundleError> {
    let sdk = sdk_config(from_file(file).await?);
    Ok(Platform::for_development(&sdk, &sdk, configuration))
}
