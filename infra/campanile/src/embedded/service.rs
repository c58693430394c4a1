//! What an embedded service is to a client: a call's target and JSON body in, a status and JSON body out.
//!
//! That is all there is to the AWS JSON protocols, which both services speak.

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

use super::{EmbeddedSecrets, EmbeddedTable};

/// Content type of every call and answer; the JSON protocols 1.0 and 1.1 differ in nothing that is used here.
pub(super) const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

/// Header that names service, version and operation of a call.
pub(super) const TARGET_HEADER: &str = "x-amz-target";

/// How the target of every Secrets Manager call begins.
const SECRETS_MANAGER: &str = "secretsmanager.";

/// One call of an AWS client.
///
/// It has no `Debug`: its body may be a secret.
#[derive(Clone)]
pub struct AwsCall {
    /// `X-Amz-Target`, such as `DynamoDB_20120810.GetItem`.
    pub target: String,
    /// The operation's input as JSON.
    pub body: Bytes,
}

impl AwsCall {
    /// The operation's name, such as `GetItem`.
    pub fn operation(&self) -> &str {
        self.target.rsplit('.').next().unwrap_or_default()
    }
}

/// The answer to one [`AwsCall`].
///
/// It has no `Debug`: its body may be a secret.
#[derive(Clone)]
pub struct AwsAnswer {
    /// HTTP status.
    pub status: StatusCode,
    /// The operation's output as JSON, or the error with its type in `__type`.
    pub body: Bytes,
}

impl AwsAnswer {
    /// An error that the SDK client reports under `code`.
    pub fn error(status: StatusCode, code: &str, message: &str) -> Self {
        let body = json!({ "__type": code, "message": message }).to_string().into();
        Self { status, body }
    }
}

/// Something that AWS SDK clients can be pointed at; a test may wrap one to make it fail.
#[async_trait]
pub trait AwsService: Send + Sync + 'static {
    /// Answers one call. A failure is an answer, too.
    async fn answer(&self, call: AwsCall) -> AwsAnswer;
}

/// Both services behind one client configuration or one URL (`AWS_ENDPOINT_URL`).
#[derive(Clone, Debug)]
pub struct EmbeddedAws {
    /// DynamoDB.
    pub table: EmbeddedTable,
    /// Secrets Manager.
    pub secrets: EmbeddedSecrets,
}

#[async_trait]
impl AwsService for EmbeddedAws {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        if call.target.starts_with(SECRETS_MANAGER) {
            self.secrets.answer(call).await
        } else {
            self.table.answer(call).await
        }
    }
}
