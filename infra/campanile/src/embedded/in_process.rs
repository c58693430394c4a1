//! The way without a socket: an HTTP client for the AWS SDK that hands each request to the service itself.

use std::fmt;
use std::sync::Arc;

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::header;

use super::service::{AwsAnswer, AwsCall, AwsService, CONTENT_TYPE, TARGET_HEADER};

/// Region of every embedded service.
const REGION: &str = "us-east-1";

/// The configuration with which any AWS SDK client talks to `service` in this process.
///
/// It reads neither the environment nor the AWS files, so the developer's own account is out of its reach.
/// The clients keep the service alive: a table's directory is free again once they are gone, too.
pub fn sdk_config(service: impl AwsService) -> SdkConfig {
    let connector = SharedHttpConnector::new(InProcess(Arc::new(service)));
    let credentials = Credentials::new("embedded", "embedded", None, None, "campanile");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        // A call that waits for its turn is no connection that went silent.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build()
}

struct InProcess(Arc<dyn AwsService>);

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let service = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            let call = call_of(&request)?;
            response_of(service.answer(call).await)
        })
    }
}

fn call_of(request: &HttpRequest) -> Result<AwsCall, ConnectorError> {
    let body = request
        .body()
        .bytes()
        .ok_or_else(|| ConnectorError::user("the embedded services take no streamed body".into()))?;
    Ok(AwsCall {
        target: request.headers().get(TARGET_HEADER).unwrap_or_default().to_owned(),
        body: Bytes::copy_from_slice(body),
    })
}

fn response_of(answer: AwsAnswer) -> Result<HttpResponse, ConnectorError> {
    let response = http::Response::builder()
        .status(answer.status)
        .header(header::CONTENT_TYPE, CONTENT_TYPE)
        .body(SdkBody::from(answer.body))
        .map_err(|error| ConnectorError::user(error.into()))?;
    HttpResponse::try_from(response).map_err(|error| ConnectorError::user(error.into()))
}
