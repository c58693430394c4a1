//! Requests to AWS that no client of the SDK makes: where they go, and their signatures.

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_types::service_config::ServiceConfigKey;
use http::{HeaderName, HeaderValue};
use net::HttpRequest;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Why a request cannot be signed. It never says with which credentials.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SigningError {
    #[error("there are no AWS credentials: give some by the environment, a profile or a role")]
    NoCredentials,
    #[error("the AWS credentials could not be read: check the profile or the role")]
    Credentials,
    #[error("the request to AWS could not be signed")]
    Request(#[source] AnyError),
}

/// The endpoint that the environment or the profile names for the service `sdk_id`, or for all; without one it is AWS's own.
pub(crate) fn endpoint(sdk: &SdkConfig, sdk_id: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(sdk_id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok();
    // As in the clients of the SDK: what code has set goes before what is configured.
    let key = key.filter(|_| !sdk.get_origin("endpoint_url").is_client_config());
    let of_service = key.and_then(|key| sdk.service_config()?.load_config(key));
    of_service.or_else(|| sdk.endpoint_url().map(str::to_owned))
}

/// Whether anybody has given credentials at all: some that cannot be read count.
pub(crate) async fn has_credentials(sdk: &SdkConfig) -> bool {
    let Some(provider) = sdk.credentials_provider() else { return false };
    !matches!(provider.provide_credentials().await, Err(CredentialsError::CredentialsNotLoaded(_)))
}

/// `request` signed for `service` in `region` with the credentials of `sdk`; headers and body are covered.
pub(crate) async fn signed(
    sdk: &SdkConfig,
    service: &str,
    region: &str,
    request: HttpRequest,
) -> Result<HttpRequest, SigningError> {
    let provider = sdk.credentials_provider().ok_or(SigningError::NoCredentials)?;
    let credentials = provider.provide_credentials().await.map_err(|error| match error {
        CredentialsError::CredentialsNotLoaded(_) => SigningError::NoCredentials,
        _ => SigningError::Credentials,
    })?;
    let signature = signature(credentials, service, region, &request).map_err(SigningError::Request)?;
    Ok(signature.into_iter().fold(request, |request, (name, value)| request.with_header(name, value)))
}

/// The headers that make `request` a signed one.
fn signature(
    credentials: Credentials,
    service: &str,
    region: &str,
    request: &HttpRequest,
) -> Result<Vec<(HeaderName, HeaderValue)>, AnyError> {
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(now())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let headers = request.headers.iter().map(|(name, value)| Ok((name.as_str(), value.to_str()?)));
    let headers: Vec<_> = headers.collect::<Result<_, AnyError>>()?;
    let body = SignableBody::Bytes(&request.body);
    let signable =
        SignableRequest::new(request.method.as_str(), request.url.as_str(), headers.into_iter(), body)?;
    let (instructions, _) = sign(signable, &parameters)?.into_parts();
    let sensitive = |(name, value): (&str, &str)| {
        let mut value = HeaderValue::try_from(value)?;
        value.set_sensitive(true);
        Ok((HeaderName::try_from(name)?, value))
    };
    instructions.headers().map(sensitive).collect()
}

#[expect(clippy::disallowed_methods, reason = "a signature is of the moment in which it is made")]
fn now() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use aws_config::Region;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use serde_json::json;

    use super::*;

    fn sdk(credentials: Option<Credentials>) -> SdkConfig {
        let mut builder = SdkConfig::builder().region(Region::new("eu-central-1"));
        builder.set_credentials_provider(credentials.map(SharedCredentialsProvider::new));
        builder.build()
    }

    #[tokio::test]
    async fn the_signature_covers_what_is_sent_and_the_role_is_named_without_its_secret() {
        let credentials = Credentials::new("AKID", "hidden", Some("session".to_owned()), None, "test");
        let request = HttpRequest::post("http://127.0.0.1:5000/v2/email".parse().unwrap(), &json!({}));
        let signed = signed(&sdk(Some(credentials)), "ses", "eu-west-1", request).await.unwrap();
        let header = |name: &str| {
            let (_, value) = signed.headers.iter().find(|(known, _)| known == name).unwrap();
            value.to_str().unwrap().to_owned()
        };
        let date = header("x-amz-date");
        let scope = format!("AWS4-HMAC-SHA256 Credential=AKID/{}/eu-west-1/ses/aws4_request, ", &date[..8]);
        let authorization = header("authorization");
        assert!(authorization.starts_with(&scope), "{authorization}");
        let covered = "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=";
        assert!(authorization.contains(covered), "{authorization}");
        assert_eq!(header("x-amz-security-token"), "session");
        assert!(signed.headers.iter().all(|(_, value)| value != "hidden"));
        assert!(!format!("{:?}", signed.headers).contains("session"));
    }

    #[tokio::test]
    async fn without_credentials_nothing_is_signed() {
        let request = HttpRequest::get("https://sns.eu-west-1.amazonaws.com/".parse().unwrap());
        let error = signed(&sdk(None), "sns", "eu-west-1", request).await.unwrap_err();
        assert!(matches!(error, SigningError::NoCredentials), "{error}");
    }
}
