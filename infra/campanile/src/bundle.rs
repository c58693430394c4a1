//! The local bundle: every function over one embedded table, behind one loopback address.

mod gateway;
mod schedule;
mod stream;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use alert::Source;
use aws::{Configuration, Notifier, Platform, SystemClock, definition};
use intake::Secrets;
use poll::site24x7::Poller;
use serde::de::IgnoredAny;
use site24x7::TransportError;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use self::stream::Stream;

use crate::embedded::{EmbeddedSecrets, EmbeddedTable, Location, OpenError, SecretsError, sdk_config};

/// How long the end waits for notifications under way.
const FAREWELL: Duration = Duration::from_secs(5);

/// Why the bundle could not start.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The table could not be opened.
    #[error("cannot open the table")]
    Table(#[source] OpenError),
    /// The table could not be created.
    #[error("cannot create the table")]
    Definition(#[source] definition::CreateError),
    /// The secrets are not what they should be.
    #[error("cannot use the secrets in `{}`", file.display())]
    Secrets {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        #[source]
        source: SecretsError,
    },
    /// The secrets could not be read.
    #[error("cannot read the secrets in `{}`", file.display())]
    SecretsFile {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The address could not be had.
    #[error("cannot listen on {address}: stop what listens there, or choose another address with --listen")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The poller could not be set up.
    #[error("cannot prepare the poller of site24x7")]
    Poller(#[source] TransportError),
    /// The server failed.
    #[error("the gateway stopped")]
    Serve(#[source] io::Error),
}

/// All functions over one embedded platform.
#[derive(Debug)]
pub struct Bundle {
    table: EmbeddedTable,
    platform: Platform,
}

impl Bundle {
    /// Opens the table at `location`, creates it where it is missing, and loads `secrets`.
    pub async fn open(
        location: &Location,
        secrets: EmbeddedSecrets,
        configuration: Configuration,
    ) -> Result<Self, BundleError> {
        let table = EmbeddedTable::open(location).map_err(BundleError::Table)?;
        let [dynamodb, secrets_manager] = [sdk_config(table.clone()), sdk_config(secrets)];
        let platform = Platform::for_development(&dynamodb, &secrets_manager, configuration);
        platform.table.create().await.map_err(BundleError::Definition)?;
        Ok(Self { table, platform })
    }

    /// The secrets that let nobody in, and why, where it is not that they are missing: a misspelt name would show only when
    /// somebody is refused.
    pub async fn useless_secrets(&self) -> Vec<(String, Option<intake::SecretsError>)> {
        let secrets = &self.platform.secrets;
        let mut read = vec![("api", secrets.get::<IgnoredAny>("api").await.map(|keyring| keyring.is_some()))];
        for source in [Source::Netdata, Source::Kazoo, Source::Tencent, Source::Site24x7] {
            read.push((source.as_str(), secrets.keyring(source).await.map(|keyring| keyring.is_some())));
        }
        let prefix = &self.platform.configuration.secret_prefix;
        let useless = read.into_iter().filter_map(|(name, is_there)| match is_there {
            Ok(true) => None,
            is_there => Some((format!("{prefix}/{name}"), is_there.err())),
        });
        useless.collect()
    }

    /// Serves until `stop` is over; requests under way are finished.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), BundleError> {
        let notifier = Notifier::new(self.platform.clone());
        let notifying = self.notify(&notifier);
        let poller = Poller::new(self.platform.clone(), SystemClock).map_err(BundleError::Poller)?;
        let polling = tokio::spawn(schedule::poll(poller));
        let served = axum::serve(listener, gateway::router(self.platform)).with_graceful_shutdown(stop).await;
        polling.abort();
        drop(notifying);
        // What is under way gets its answer recorded, lest it is sent once more after the next start.
        let _ = tokio::time::timeout(FAREWELL, notifier.settled()).await;
        served.map_err(BundleError::Serve)
    }

    /// Tells destinations of what happens, until what this returns is dropped.
    fn notify(&self, notifier: &Notifier) -> JoinSet<()> {
        let table_name = self.platform.configuration.table.clone();
        let stream = Stream::new(self.table.clone(), table_name, notifier.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(stream.run());
        tasks.spawn(schedule::retry(notifier.clone()));
        tasks.spawn(schedule::sweep(notifier.clone()));
        tasks
    }
}
