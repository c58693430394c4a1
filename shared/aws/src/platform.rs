//! Everything a function needs of AWS, connected once.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use alert::Source;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use intake::{Protocol, ReplayFailure, Replayed, Secrets, Webhook};
use net::EgressPolicy;
use normalize::{InboundRequest, SourceConfiguration};

use crate::configuration::{environment, region_of_function};
use crate::terse::Terse;
use crate::trust::http_client;
use crate::{Configuration, SecretCache, SystemClock, Table, calls};

/// How long a function's start may wait for AWS: Tencent gives up after five seconds, a cold start among them, and four
/// of those are for the write.
const WARM_UP: Duration = Duration::from_millis(400);

/// The alert table, the secrets and the settings of one process.
#[derive(Debug, Clone)]
pub struct Platform {
    /// Where alerts live.
    pub table: Arc<Table>,
    /// Where secrets live.
    pub secrets: Arc<SecretCache>,
    /// What an operator has set.
    pub configuration: Configuration,
    /// Whether the table and the secrets are services on this machine, as those of a developer or a test: then
    /// destinations may be on it, too.
    pub is_local: bool,
    /// How AWS is reached, where it is AWS that is reached.
    pub(crate) sdk: Option<SdkConfig>,
}

/// Connects to the AWS that the environment names: region, credentials and endpoints as every SDK reads them. Lambda sets
/// region and credentials, so that a function looks for them nowhere else; all its clients share one HTTP client.
pub async fn connect(configuration: Configuration) -> Platform {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(calls::timeouts())
        .retry_config(calls::retries());
    if let Some(region) = region_of_function() {
        loader = loader
            .http_client(http_client(&region, environment))
            .region(Region::new(region))
            .credentials_provider(EnvironmentVariableCredentialsProvider::new());
    }
    let sdk = loader.load().await;
    Platform {
        table: table(&sdk, &configuration),
        secrets: Arc::new(secrets(&sdk, &configuration)),
        configuration,
        is_local: sdk.endpoint_url().is_some_and(is_on_this_machine),
        sdk: Some(sdk),
    }
}

/// Whether `endpoint` is an address of this machine's own, and without TLS: nobody reaches AWS by one.
fn is_on_this_machine(endpoint: &str) -> bool {
    let Ok(endpoint) = endpoint.parse::<http::Uri>() else { return false };
    let host = endpoint.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    is_loopback && endpoint.scheme_str() == Some("http")
}

impl Platform {
    /// A platform over the embedded services: the one that accepts the tokens of development.
    pub fn for_development(
        dynamodb: &SdkConfig,
        secrets_manager: &SdkConfig,
        configuration: Configuration,
    ) -> Self {
        let secrets = secrets(secrets_manager, &configuration).for_development();
        Self {
            table: table(dynamodb, &configuration),
            secrets: Arc::new(secrets),
            configuration,
            is_local: true,
            sdk: None,
        }
    }

    /// The webhook of the source that speaks `P`, with its connections open and its secret read.
    ///
    /// Lambda gives a process a full core until it asks for its first event: what the first sender would wait for is
    /// done before. What fails here is left to that sender's request.
    pub async fn warm_webhook<P: Protocol>(&self) -> Webhook<P, Table, SecretCache, SystemClock> {
        let warmed = futures::future::join(self.secrets.keyring::<P>(), self.table.touch());
        if tokio::time::timeout(WARM_UP, warmed).await.is_err() {
            tracing::warn!("aws did not answer while the function started");
        }
        self.webhook::<P>()
    }

    /// The webhook of the source that speaks `P`.
    pub fn webhook<P: Protocol>(&self) -> Webhook<P, Table, SecretCache, SystemClock> {
        Webhook::new(
            Arc::clone(&self.table),
            Arc::clone(&self.secrets),
            SystemClock,
            self.source_configuration(),
        )
    }

    /// Reads a stored `inbound` of `source` again and records what it says now.
    pub async fn replay(&self, source: Source, inbound: &InboundRequest) -> Result<Replayed, ReplayFailure> {
        intake::replay(&*self.table, &*self.secrets, &self.source_configuration(), source, inbound).await
    }

    /// Where destinations may be: public addresses, the networks that the operator allows, and over a local platform this
    /// machine, too.
    pub fn egress(&self) -> EgressPolicy {
        let egress = EgressPolicy::public().and_networks(self.configuration.notify_networks.clone());
        if self.is_local { egress.and_loopback() } else { egress }
    }

    fn source_configuration(&self) -> SourceConfiguration {
        SourceConfiguration {
            default_severity: Some(self.configuration.default_severity),
            ..SourceConfiguration::default()
        }
    }
}

pub(crate) fn table(sdk: &SdkConfig, configuration: &Configuration) -> Arc<Table> {
    let terse = aws_sdk_dynamodb::config::Builder::from(sdk).interceptor(Terse).build();
    Arc::new(Table::new(aws_sdk_dynamodb::Client::from_conf(terse), configuration, SystemClock))
}

fn secrets(sdk: &SdkConfig, configuration: &Configuration) -> SecretCache {
    let terse = aws_sdk_secretsmanager::config::Builder::from(sdk).interceptor(Terse).build();
    let client = aws_sdk_secretsmanager::Client::from_conf(terse);
    SecretCache::new(client, configuration.secret_prefix.clone(), configuration.secret_max_age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_this_machine_is_local() {
        for endpoint in ["http://127.0.0.1:4566", "http://[::1]:8000/", "http://localhost:4566"] {
            assert!(is_on_this_machine(endpoint), "{endpoint}");
        }
        for endpoint in [
            "https://dynamodb.eu-central-1.amazonaws.com",
            "https://127.0.0.1:4566",
            "http://10.0.0.1:4566",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "",
        ] {
            assert!(!is_on_this_machine(endpoint), "{endpoint}");
        }
    }
}
