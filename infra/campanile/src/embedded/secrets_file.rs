//! An embedded Secrets Manager whose secrets are those of a file, as it is whenever somebody asks.

use std::path::PathBuf;

use async_trait::async_trait;
use http::StatusCode;

use super::secrets::{EmbeddedSecrets, SecretsError};
use super::service::{AwsAnswer, AwsCall, AwsService};

/// A file of secrets as Secrets Manager: a change of the file is a rotation.
#[derive(Debug, Clone)]
pub struct SecretsFile {
    file: PathBuf,
    secrets: EmbeddedSecrets,
}

/// Why the file cannot be used. Nothing of it shows a value.
#[derive(Debug, thiserror::Error)]
pub enum SecretsFileError {
    /// It cannot be read.
    #[error("cannot read the secrets in `{}`", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// It is not what it should be.
    #[error("cannot use the secrets in `{}`", file.display())]
    Secrets {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        #[source]
        source: SecretsError,
    },
}

impl SecretsFile {
    /// Reads `file`, a JSON object of secret name to secret value.
    pub async fn open(file: PathBuf) -> Result<Self, SecretsFileError> {
        let secrets = Self { file, secrets: EmbeddedSecrets::default() };
        secrets.refresh().await?;
        Ok(secrets)
    }

    /// The secrets as they are now.
    pub fn into_secrets(self) -> EmbeddedSecrets {
        self.secrets
    }

    async fn refresh(&self) -> Result<(), SecretsFileError> {
        let file = || self.file.clone();
        let document = tokio::fs::read(&self.file).await;
        let document = document.map_err(|source| SecretsFileError::Read { file: file(), source })?;
        let loaded = self.secrets.load(&document).await;
        loaded.map_err(|source| SecretsFileError::Secrets { file: file(), source })
    }
}

#[async_trait]
impl AwsService for SecretsFile {
    /// Answers from the file as it is now. Where it cannot be used, that is a failure like one of Secrets Manager: what
    /// is known of it stays in use, and it is asked again soon.
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        match self.refresh().await {
            Ok(()) => self.secrets.answer(call).await,
            Err(error) => {
                let error = intake::chain(&error);
                AwsAnswer::error(StatusCode::BAD_REQUEST, "InvalidRequestException", &error)
            }
        }
    }
}
