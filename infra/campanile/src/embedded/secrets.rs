//! The embedded Secrets Manager: filled from one JSON document, kept in memory, and open to rotation.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};
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
        let secrets = Self::default();
        secrets.load(document).await?;
        Ok(secrets)
    }

    /// Has the secrets be those of `document`: what has changed gets a new version, the one before staying as the
    /// previous one, and what is missing is deleted. Does nothing where the document cannot be loaded.
    pub async fn load(&self, document: &[u8]) -> Result<(), SecretsError> {
        let wanted = texts(document)?;
        let _alone = self.rotation.write().await;
        let known = self.current().await;
        for (name, text) in &wanted {
            match known.get(name) {
                None => self.create(name, text).await?,
                Some(known) if known == text => {}
                Some(_) => {
                    let input = json!({ "SecretId": name, "SecretString": text });
                    self.rotate(call("PutSecretValue", &input)).await;
                }
            }
        }
        for name in known.keys().filter(|name| !wanted.contains_key(*name)) {
            let input = json!({ "SecretId": name, "ForceDeleteWithoutRecovery": true });
            self.pass_on(call("DeleteSecret", &input)).await;
        }
        Ok(())
    }

    /// The current text of each secret.
    async fn current(&self) -> BTreeMap<String, String> {
        let secrets = self.state().await.secrets.into_iter();
        let texts = secrets.filter_map(|(name, secret)| {
            let current = secret.current_version_id.as_ref()?;
            let version = secret.versions.values().find(|version| version.version_id == *current)?;
            Some((name, version.secret_string.clone()?))
        });
        texts.collect()
    }

    async fn create(&self, name: &str, text: &str) -> Result<(), SecretsError> {
        let input = json!({ "Name": name, "SecretString": text });
        let answer = self.pass_on(call("CreateSecret", &input)).await;
        let refused = || SecretsError::Refused { name: name.to_owned() };
        answer.status.is_success().then_some(()).ok_or_else(refused)
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

fn call(operation: &str, input: &Value) -> AwsCall {
    AwsCall { target: format!("secretsmanager.{operation}"), body: input.to_string().into() }
}

/// The text of each secret that `document` says.
fn texts(document: &[u8]) -> Result<BTreeMap<String, String>, SecretsError> {
    let document = document.strip_prefix("\u{feff}".as_bytes()).unwrap_or(document);
    let document = serde_json::from_slice(document).map_err(|source| SecretsError::Malformed { source })?;
    let Value::Object(values) = document else {
        return Err(SecretsError::NotAnObject);
    };
    let text = |(name, value)| match value {
        Value::String(text) => Ok((name, text)),
        Value::Object(members) => Ok((name, Value::Object(members).to_string())),
        _ => Err(SecretsError::Value { name }),
    };
    values.into_iter().map(text).collect()
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
