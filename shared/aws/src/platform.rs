//! Everything a function needs of AWS, connected once.

use std::sync::Arc;
use std::time::Duration;

use alert::Source;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use intake::{Protocol, ReplayFailure, Replayed, Webhook};
use normalize::{Delivery, Settings};

use crate::{Configuration, SecretCache, SystemClock, Table};

/// The alert table, the secrets and the settings of one process.
#[derive(Debug, Clone)]
pub struct Platform {
    /// Where alerts live.
    pub table: Arc<Table>,
    /// Where secrets live.
    pub secrets: Arc<SecretCache>,
    /// What an operator has set.
    pub configuration: Configuration,
}

/// Connects to the AWS that the environment names: region, credentials and endpoints as every SDK reads them.
pub async fn connect(configuration: Configuration) -> Platform {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(3))
        .build();
    let sdk = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .retry_config(
            RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(50)),
        )
        .load()
        .await;
    Platform {
        table: table(&sdk, &configuration),
        secrets: Arc::new(secrets(&sdk, &configuration)),
        configuration,
    }
}

impl Platform {
    /// A platform over the embedded services: the one that accepts the tokens of development.
    pub fn for_development(
        dynamodb: &SdkConfig,
        secrets_manager: &SdkConfig,
        configuration: Configuration,
    ) -> Self {
        let secrets = secrets(secrets_manager, &configuration).for_development();
        Self { table: table(dynamodb, &configuration), secrets: Arc::new(secrets), configuration }
    }

    /// The webhook of the source that speaks `P`.
    pub fn webhook<P: Protocol>(&self) -> Webhook<P, Table, SecretCache, SystemClock> {
        Webhook::new(Arc::clone(&self.table), Arc::clone(&self.secrets), SystemClock, self.settings())
    }

    /// Reads a stored `delivery` of `source` again and records what it says now.
    pub async fn replay(&self, source: Source, delivery: &Delivery) -> Result<Replayed, ReplayFailure> {
        intake::replay(&*self.table, &*self.secrets, &self.settings(), source, delivery).await
    }

    fn settings(&self) -> Settings {
        Settings { default_severity: Some(self.configuration.default_severity), ..Settings::default() }
    }
}

fn table(sdk: &SdkConfig, configuration: &Configuration) -> Arc<Table> {
    Arc::new(Table::new(aws_sdk_dynamodb::Client::new(sdk), configuration, SystemClock))
}

fn secrets(sdk: &SdkConfig, configuration: &Configuration) -> SecretCache {
    let client = aws_sdk_secretsmanager::Client::new(sdk);
    SecretCache::new(client, configuration.secret_prefix.clone(), configuration.secret_max_age)
}
