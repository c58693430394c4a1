//! Operations of AWS as requests: in the destination's region, signed with our own role.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use channels::{AwsService, Channel, aws_region};
use intake::chain;
use net::{Deadlines, HttpAnswer, HttpClient, Unanswered};
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};
use url::Url;

use crate::signing::{endpoint, signed};

/// What is known of AWS: given, or read from the environment once somebody asks.
#[derive(Debug, Default)]
pub(super) struct Operations(OnceCell<SdkConfig>);

/// Why there is nowhere to send to.
#[derive(Debug, thiserror::Error)]
enum PlaceError {
    #[error("no AWS region is configured: set AWS_REGION, or name the region in the destination's settings")]
    NoRegion,
    #[error("the configured endpoint of `{service}` is no URL: correct AWS_ENDPOINT_URL")]
    Endpoint { service: &'static str },
}

/// Where a service is reached.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    region: String,
    endpoint: Url,
}

impl Operations {
    /// Reached as `sdk` says.
    pub(super) fn of(sdk: Option<SdkConfig>) -> Self {
        Self(sdk.map(OnceCell::from).unwrap_or_default())
    }

    async fn sdk(&self) -> &SdkConfig {
        self.0.get_or_init(|| aws_config::load_defaults(BehaviorVersion::latest())).await
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
            let Place { region, endpoint } = place(sdk, service, host).map_err(|error| unanswered(&error))?;
            let request = service.request(&endpoint, input);
            signed(sdk, service.signing_name, &region, request).await.map_err(|error| unanswered(&error))
        };
        let request = timeout(deadlines.whole, prepared).await.map_err(|_| Unanswered::Timeout)??;
        let left = deadlines.whole.saturating_sub(begun.elapsed()).max(Duration::from_millis(1));
        Ok(service.answer(client.send_within(request, left).await?))
    }
}

/// Nothing was sent: it is tried again, as after any failure on our side of the connection.
fn unanswered(error: &(dyn std::error::Error + 'static)) -> Unanswered {
    Unanswered::Connect(chain(error))
}

/// Where `service` of a destination at `host` is reached: at the configured endpoint, or at AWS's own in the region of the
/// host or, where it names none, in ours.
fn place(sdk: &SdkConfig, service: &AwsService, host: &str) -> Result<Place, PlaceError> {
    let own = || sdk.region().map(AsRef::as_ref);
    let region = aws_region(host).or_else(own).ok_or(PlaceError::NoRegion)?;
    let endpoint = endpoint(sdk, service.sdk_id);
    let endpoint = endpoint.unwrap_or_else(|| format!("https://{}", service.host(region)));
    let endpoint = endpoint.parse().ok().filter(Url::has_host);
    let endpoint = endpoint.ok_or(PlaceError::Endpoint { service: service.name })?;
    Ok(Place { region: region.to_owned(), endpoint })
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
