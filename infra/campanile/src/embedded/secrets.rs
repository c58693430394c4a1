//! The embedded Secrets Manager: filled from one JSON document, kept in memory, and open to rotation.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use tokio::sync::RwLock;
use winterbaume_core::{MockRequest, MockService, StatefulService, default_account_id};
use winterbaume_secretsmanager::views::SecretView;
use winterbaume_secretsmanager::{SecretsManagerService, SecretsmanagerStateView};

use super::service::{AwsAnswer, AwsCall, AwsService, TARGET_HEADER};

/// Address that every call is taken to be for: winterbaume keeps secrets apart by the region in it.
const ADDRESS: &str = "https://secretsmanager.us-east-1.amazonaws.com/";

/// Region in [`ADDRESS`].
const REGION: &str = "us-east-1";

/// Label of the version that was current before the present one.
const PREVIOUS: &str = "AWSPREVIOUS";

/// Why the secrets could not be loaded. No variant and no source of one shows a value.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The document is not JSON.
    #[error("the secrets are not JSON: give an object of secret name to secret value")]
    Malformed {
        /// Where it breaks off.
        #[source]
        source: serde_json::Error,
    },
    /// The document is JSON, but not an object.
    #[error("the secrets are not a JSON object: give an object of secret name to secret value")]
    NotAnObject,
    /// A value is neither an object nor a string.
    #[error("the secret `{name}` is neither a JSON object nor a string")]
    Value {
        /// The secret's name.
        name: String,
    },
    /// Secrets Manager does not take it.
    #[error("the secret `{name}` cannot be created: choose another name")]
    Refused {
        /// The secret's name.
        name: String,
    },
}

/// An embedded Secrets Manager; clones share it. Values are text: there are no binary secrets.
#[derive(Clone, Default)]
pub struct EmbeddedSecrets {
    service: Arc<SecretsManagerService>,
    /// Readers pass together, a rotation alone: it takes two steps.
    rotation: Arc<RwLock<()>>,
}

impl EmbeddedSecrets {
    /// Loads a JSON object of secret name to secret value; a value that is an object itself is kept as its JSON text.
    pub async fn from_json(document: &[u8]) -> Result<Self, SecretsError> {
        let document =
            serde_json::from_slice(document).map_err(|source| SecretsError::Malformed { source })?;
        let Value::Object(values) = document else {
            return Err(SecretsError::NotAnObject);
        };
        let secrets = Self::default();
        secrets.fill(values).await?;
        Ok(secrets)
    }

    async fn fill(&self, values: Map<String, Value>) -> Result<(), SecretsError> {
        for (name, value) in values {
            let text = match value {
                Value::String(text) => text,
                Value::Object(members) => Value::Object(members).to_string(),
                _ => return Err(SecretsError::Value { name }),
            };
            let input = json!({ "Name": name, "SecretString": text });
            let target = "secretsmanager.CreateSecret".to_owned();
            let answer = self.pass_on(AwsCall { target, body: input.to_string().into() }).await;
            if !answer.status.is_success() {
                return Err(SecretsError::Refused { name });
            }
        }
        Ok(())
    }

    async fn pass_on(&self, call: AwsCall) -> AwsAnswer {
        let Ok(target) = HeaderValue::from_str(&call.target) else {
            return AwsAnswer::error(
                StatusCode::BAD_REQUEST,
                "InvalidAction",
                "the target is not a header value",
            );
        };
        let request = MockRequest {
            method: "POST".to_owned(),
            uri: ADDRESS.to_owned(),
            headers: HeaderMap::from_iter([(http::HeaderName::from_static(TARGET_HEADER), target)]),
            body: call.body,
        };
        let response = self.service.handle(request).await;
        let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        AwsAnswer { status, body: response.body }
    }

    /// Passes on a call that may make a new version current, and sees that one version only is the previous one.
    ///
    /// winterbaume leaves the label on the version before as well, and then answers with either of the two.
    async fn rotate(&self, call: AwsCall) -> AwsAnswer {
        let before = self.state().await;
        let answer = self.pass_on(call).await;
        let mut after = self.state().await;
        for (name, secret) in &mut after.secrets {
            if let Some(earlier) = before.secrets.get(name) {
                keep_one_previous(secret, earlier);
            }
        }
        match self.service.restore(default_account_id(), REGION, after).await {
            Ok(()) => answer,
            Err(error) => AwsAnswer::error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServiceError",
                &error.to_string(),
            ),
        }
    }

    async fn state(&self) -> SecretsmanagerStateView {
        self.service.snapshot(default_account_id(), REGION).await
    }
}

fn keep_one_previous(secret: &mut SecretView, earlier: &SecretView) {
    if secret.current_version_id == earlier.current_version_id {
        return;
    }
    for version in secret.versions.values_mut() {
        if Some(&version.version_id) != earlier.current_version_id.as_ref() {
            version.version_stages.retain(|stage| stage != PREVIOUS);
        }
    }
    secret.versions.retain(|_, version| !version.version_stages.is_empty());
}

#[async_trait]
impl AwsService for EmbeddedSecrets {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        if matches!(call.operation(), "PutSecretValue" | "UpdateSecret") {
            let _alone = self.rotation.write().await;
            self.rotate(call).await
        } else {
            let _together = self.rotation.read().await;
            self.pass_on(call).await
        }
    }
}

impl fmt::Debug for EmbeddedSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedSecrets").finish_non_exhaustive()
    }
}
