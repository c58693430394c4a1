//! Operations of AWS as requests: in the destination's region, signed with our own role.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use channels::{AwsService, Channel, aws_region};
use http::HeaderMap;
use intake::chain;
use net::{Deadlines, HttpAnswer, HttpClient, Unanswered};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};
use url::Url;

use crate::signing::{endpoint, has_credentials, signed};

/// What an operation is called by that nobody carried out.
const NOT_SENT: &str = "not-sent";

/// What is known of AWS: given, or read from the environment once somebody asks.
#[derive(Debug, Default)]
pub(super) struct Operations {
    sdk: OnceCell<SdkConfig>,
    /// Whether it is the local bundle that sends. Where nobody has given it credentials it says what it would have sent.
    is_of_bundle: bool,
}

/// Why there is nowhere to send to.
#[derive(Debug, thiserror::Error)]
enum EndpointError {
    #[error("no AWS region is configured: set AWS_REGION, or name the region in the destination's settings")]
    NoRegion,
    #[error("the configured endpoint of `{service}` is no URL: correct AWS_ENDPOINT_URL")]
    Endpoint { service: &'static str },
}

/// Where a service is reached.
#[derive(Debug, PartialEq, Eq)]
struct ServiceEndpoint {
    region: String,
    endpoint: Url,
}

impl Operations {
    /// Reached as `sdk` says.
    pub(super) fn of(sdk: Option<SdkConfig>) -> Self {
        Self { sdk: sdk.map(OnceCell::from).unwrap_or_default(), is_of_bundle: false }
    }

    /// Reached as the environment says, if it says anything.
    pub(super) fn of_bundle() -> Self {
        Self { is_of_bundle: true, ..Self::default() }
    }

    async fn sdk(&self) -> &SdkConfig {
        self.sdk.get_or_init(|| aws_config::load_defaults(BehaviorVersion::latest())).await
    }

    /// The host that a destination's `channel` is reached at by `service`.
    pub(super) async fn host(
        &self,
        service: &AwsService,
        channel: &dyn Channel,
    ) -> Result<String, Unanswered> {
        let place = place(self.sdk().await, service, channel.host()).map_err(|error| unanswered(&error))?;
        Ok(place.endpoint.host_str().unwrap_or_default().to_owned())
    }

    /// Carries the operation of the service called `name` out by `client`, and all of it within the deadline.
    pub(super) async fn call(
        &self,
        client: &HttpClient,
        deadlines: Deadlines,
        host: &str,
        name: &'static str,
        input: &Value,
    ) -> Result<HttpAnswer, Unanswered> {
        let Some(service) = AwsService::named(name) else {
            return Err(Unanswered::Denied(format!("there is no service `{name}`")));
        };
        let begun = Instant::now();
        let prepared = async {
            let sdk = self.sdk().await;
            if self.is_of_bundle && !has_credentials(sdk).await {
                return Ok(None);
            }
            let ServiceEndpoint { region, endpoint } =
                place(sdk, service, host).map_err(|error| unanswered(&error))?;
            let request = service.request(&endpoint, input);
            let signed = signed(sdk, service.signing_name, &region, request).await;
            signed.map(Some).map_err(|error| unanswered(&error))
        };
        let prepared = timeout(deadlines.whole, prepared).await.map_err(|_| Unanswered::Timeout)??;
        let Some(request) = prepared else { return Ok(not_sent(service, input)) };
        let left = deadlines.whole.saturating_sub(begun.elapsed()).max(Duration::from_millis(1));
        Ok(service.answer(client.send_within(request, left).await?))
    }
}

/// What the local bundle without AWS makes of an operation: it is logged, and counts as carried out.
fn not_sent(service: &AwsService, input: &Value) -> HttpAnswer {
    let summary = service.summary(input);
    tracing::warn!(
        service = service.name,
        summary,
        "there are no AWS credentials: this would have been sent"
    );
    let output = json!({
        "MessageId": NOT_SENT, "FailedEntryCount": 0, "Entries": [{ "EventId": NOT_SENT }],
    });
    HttpAnswer::new(200, HeaderMap::new(), output.to_string())
}

/// Nothing was sent: it is tried again, as after any failure on our side of the connection.
fn unanswered(error: &(dyn std::error::Error + 'static)) -> Unanswered {
    Unanswered::Connect(chain(error))
}

/// Where `service` of a destination at `host` is reached: at the configured endpoint, or at AWS's own in the region of the
/// host or, where it names none, in ours.
fn place(sdk: &SdkConfig, service: &AwsService, host: &str) -> Result<ServiceEndpoint, EndpointError> {
    let own = || sdk.region().map(AsRef::as_ref);
    let region = aws_region(host).or_else(own).ok_or(EndpointError::NoRegion)?;
    let endpoint = endpoint(sdk, service.sdk_id);
    let endpoint = endpoint.unwrap_or_else(|| format!("https://{}", service.host(region)));
    let endpoint = endpoint.parse().ok().filter(Url::has_host);
    let endpoint = endpoint.ok_or(EndpointError::Endpoint { service: service.name })?;
    Ok(ServiceEndpoint { region: region.to_owned(), endpoint })
}

#[cfg(test)]
mod tests {
    use aws_config::Region;

    use super::*;

    fn place_of(sdk: &SdkConfig, name: &str, host: &str) -> String {
        match place(sdk, AwsService::named(name).unwrap(), host) {
            Ok(place) => format!("{} in {}", place.endpoint, place.region),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_region_is_the_destination_s_and_else_our_own() {
        let sdk = SdkConfig::builder().region(Region::new("eu-central-1")).build();
        for (name, host, expected) in [
            ("sns", "sns.us-east-1.amazonaws.com", "https://sns.us-east-1.amazonaws.com/ in us-east-1"),
            (
                "eventbridge",
                "events.cn-north-1.amazonaws.com.cn",
                "https://events.cn-north-1.amazonaws.com.cn/ in cn-north-1",
            ),
            ("ses", "email.amazonaws.com", "https://email.eu-central-1.amazonaws.com/ in eu-central-1"),
        ] {
            assert_eq!(place_of(&sdk, name, host), expected);
        }
        let nowhere = place_of(&SdkConfig::builder().build(), "ses", "email.amazonaws.com");
        assert!(nowhere.starts_with("no AWS region is configured"), "{nowhere}");
    }

    #[tokio::test]
    async fn a_bundle_without_aws_says_what_it_would_have_sent_and_nobody_else_does() {
        let nothing = || SdkConfig::builder().region(Region::new("eu-central-1")).build();
        let input =
            json!({ "TopicArn": "arn:aws:sns:eu-central-1:123456789012:alerts", "Subject": "[CRITICAL] x" });
        let client = HttpClient::builder(net::EgressPolicy::public()).build().unwrap();
        let call = async |operations: Operations| {
            let host = "sns.eu-central-1.amazonaws.com";
            operations.call(&client, Deadlines::default(), host, "sns", &input).await
        };
        let bundle = Operations { sdk: nothing().into(), is_of_bundle: true };
        assert_eq!(call(bundle).await.unwrap().json()["MessageId"], NOT_SENT);
        let deployed = call(Operations::of(Some(nothing()))).await;
        assert!(matches!(deployed, Err(Unanswered::Connect(_))), "{deployed:?}");
        let summary = AwsService::named("sns").unwrap().summary(&input);
        assert_eq!(summary, "`[CRITICAL] x` to arn:aws:sns:eu-central-1:123456789012:alerts, 84 bytes");
    }

    #[test]
    fn a_configured_endpoint_goes_before_that_of_aws() {
        let at = |endpoint: &str| {
            SdkConfig::builder().region(Region::new("eu-central-1")).endpoint_url(endpoint).build()
        };
        let moto = place_of(&at("http://127.0.0.1:5000"), "sns", "sns.us-east-1.amazonaws.com");
        assert_eq!(moto, "http://127.0.0.1:5000/ in us-east-1");
        let mistaken = place_of(&at("user:hidden@nowhere"), "sns", "sns.us-east-1.amazonaws.com");
        assert!(!mistaken.contains("hidden"), "{mistaken}");
    }
}
