//! The local bundle: every function over one embedded table, behind one loopback address.

mod gateway;
mod schedule;
mod server;
mod stream;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use api::ApiSecret;
use aws::{Configuration, Notifier, Platform, SecretCache, SystemClock, definition};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use intake::{Keyring, Protocol, ProtocolVisitor, Secrets, WEBHOOKS, with_protocol};
use net::BuildError;
use poll::keeper::Keeper;
use poll::site24x7::Poller;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use self::stream::Stream;

use crate::embedded::{
    AwsService, EmbeddedTable, Location, OpenError, SecretsError, SecretsFileError, sdk_config,
};

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
    /// The secrets of development are not what they should be.
    #[error("cannot use the secrets of development")]
    Secrets(#[source] SecretsError),
    /// The file of secrets cannot be used.
    #[error(transparent)]
    SecretsFile(SecretsFileError),
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
    Poller(#[source] BuildError),
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
        secrets: impl AwsService,
        configuration: Configuration,
    ) -> Result<Self, BundleError> {
        let table = EmbeddedTable::open(location).map_err(BundleError::Table)?;
        let [dynamodb, secrets_manager] = [sdk_config(table.clone()), sdk_config(secrets)];
        let platform = Platform::for_development(&dynamodb, &secrets_manager, configuration);
        platform.table.create().await.map_err(BundleError::Definition)?;
        Ok(Self { table, platform })
    }

    /// The secrets, for whoever reads them beside the functions.
    pub fn secrets(&self) -> Arc<SecretCache> {
        Arc::clone(&self.platform.secrets)
    }

    /// Reads every secret, so that the log says what is wrong with it, and names those that let nobody in, and why: a
    /// misspelt name or an empty list would show only when somebody is refused.
    pub async fn useless_secrets(&self) -> Vec<(String, String)> {
        let secrets = &self.platform.secrets;
        let api = secrets.read("api", ApiSecret::read).await;
        let admits = |keyring: &Keyring<ApiSecret>| keyring.versions().any(ApiSecret::admits_anybody);
        let mut read = vec![("api", why(api, admits))];
        for source in WEBHOOKS {
            let Some(admits) = with_protocol(*source, &mut Admitting(secrets)) else { continue };
            read.push((source.as_str(), admits.await));
        }
        let prefix = &self.platform.configuration.secret_prefix;
        read.into_iter().filter_map(|(name, why)| Some((format!("{prefix}/{name}"), why?))).collect()
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
        let keeping = tokio::spawn(schedule::keep(Keeper::new(self.platform.clone(), Arc::new(SystemClock))));
        server::serve(listener, gateway::router(self.platform), stop).await;
        polling.abort();
        keeping.abort();
        drop(notifying);
        // What is under way gets its answer recorded, lest it is sent once more after the next start.
        let _ = tokio::time::timeout(FAREWELL, notifier.settled()).await;
        Ok(())
    }

    /// Notifies destinations of what happens, until what this returns is dropped.
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

/// Says why a source's secret lets nobody in, if it does not.
struct Admitting<'a>(&'a SecretCache);

impl<'a> ProtocolVisitor for Admitting<'a> {
    type Output = BoxFuture<'a, Option<String>>;

    fn visit<P: Protocol>(&mut self) -> Self::Output {
        let secrets = self.0;
        async move { why(secrets.keyring::<P>().await, Keyring::admits_anybody) }.boxed()
    }
}

/// Why a secret lets nobody in, if it does not.
fn why<T>(
    read: Result<Option<Arc<Keyring<T>>>, intake::SecretsError>,
    admits: impl Fn(&Keyring<T>) -> bool,
) -> Option<String> {
    match read {
        Err(error) => Some(intake::chain(&error)),
        Ok(None) => Some("there is none of that name".to_owned()),
        Ok(Some(keyring)) if admits(&keyring) => None,
        Ok(Some(_)) => Some("it holds no token that can be used".to_owned()),
    }
}
