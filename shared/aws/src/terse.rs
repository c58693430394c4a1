//! Calls to AWS without what nobody reads.
//!
//! The SDK's header `User-Agent` lists its crates and features, and `amz-sdk-invocation-id` is a random id a call. Making
//! both is a twentieth of all that a webhook's function does. AWS Support then sees of a call neither the SDK's version nor
//! which attempts belong together; CloudTrail shows an empty user agent.

use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::user_agent::UserAgentInterceptor;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, disable_interceptor};
use aws_smithy_types::config_bag::ConfigBag;

/// Keeps both headers from being made.
#[derive(Debug)]
pub(crate) struct Terse;

impl Intercept for Terse {
    fn name(&self) -> &'static str {
        "Terse"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        configuration: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        const WHY: &str = "nobody reads it";
        let state = configuration.interceptor_state();
        state.store_put(disable_interceptor::<UserAgentInterceptor>(WHY));
        state.store_put(disable_interceptor::<InvocationIdInterceptor>(WHY));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_config::{BehaviorVersion, Region, SdkConfig};
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
    use aws_smithy_types::body::SdkBody;

    use crate::Configuration;

    /// Answers nothing, and keeps the names of headers.
    #[derive(Debug, Clone, Default)]
    struct Listening(Arc<Mutex<Vec<String>>>);

    impl HttpConnector for Listening {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            let mut names = self.0.lock().unwrap();
            names.extend(request.headers().iter().map(|(name, _)| name.to_owned()));
            let answer = HttpResponse::try_from(http::Response::new(SdkBody::from("{}")));
            HttpConnectorFuture::ready(Ok(answer.unwrap()))
        }
    }

    #[tokio::test]
    async fn a_call_is_signed_and_says_no_more_than_it_must() {
        let listening = Listening::default();
        let connector = SharedHttpConnector::new(listening.clone());
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "a", "b", None, None, "tests",
            )))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        crate::platform::table(&sdk, &Configuration::default()).touch().await;

        let names = listening.0.lock().unwrap();
        assert!(names.iter().any(|name| name == "authorization"), "{names:?}");
        for unread in ["user-agent", "x-amz-user-agent", "amz-sdk-invocation-id"] {
            assert!(!names.iter().any(|name| name == unread), "{names:?}");
        }
    }
}
