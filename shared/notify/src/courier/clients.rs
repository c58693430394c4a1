//! The HTTP clients: one for all destinations, and one for each that has certificates of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::tls::Version;
use reqwest::{Certificate, Client, ClientBuilder};

use super::Deadlines;
use super::resolver::{CheckedResolver, Lookup};
use crate::destination::{Certificates, Destination, Target};
use crate::reach::Reach;

/// Campanile and its version, for whoever reads the destination's logs.
const USER_AGENT: &str = concat!("Campanile/", env!("CARGO_PKG_VERSION"));

/// A client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Of all destinations without certificates of their own.
    #[error("no HTTP client could be made")]
    Shared(#[source] reqwest::Error),
    /// Of one destination.
    #[error(
        "no HTTP client could be made of the certificates of destination `{id}`: check that key and certificate belong together"
    )]
    Certificates {
        /// The destination.
        id: String,
        /// What was wrong.
        #[source]
        source: reqwest::Error,
    },
}

pub(super) struct Clients {
    shared: Client,
    own: BTreeMap<String, Client>,
}

impl Clients {
    pub(super) fn build(
        destinations: &[Destination],
        reach: &Reach,
        deadlines: Deadlines,
        lookup: &Arc<dyn Lookup>,
    ) -> Result<Self, BuildError> {
        let builder = || builder(reach, deadlines, lookup);
        let shared = trusting_the_public(builder()).build().map_err(BuildError::Shared)?;
        let mut own = BTreeMap::new();
        for destination in destinations {
            let Some(certificates) = certificates(destination) else {
                continue;
            };
            let client = with_certificates(builder(), certificates)
                .map_err(|source| BuildError::Certificates { id: destination.id.clone(), source })?;
            own.insert(destination.id.clone(), client);
        }
        Ok(Self { shared, own })
    }

    pub(super) fn of(&self, destination: &Destination) -> &Client {
        self.own.get(&destination.id).unwrap_or(&self.shared)
    }
}

fn certificates(destination: &Destination) -> Option<&Certificates> {
    match &destination.target {
        Target::Webhook(webhook) => {
            Some(webhook.certificates()).filter(|certificates| certificates.are_set())
        }
        _ => None,
    }
}

fn builder(reach: &Reach, deadlines: Deadlines, lookup: &Arc<dyn Lookup>) -> ClientBuilder {
    Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(deadlines.connect)
        .timeout(deadlines.whole)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .https_only(!reach.permits_http())
        .tls_version_min(Version::TLS_1_2)
        .dns_resolver(CheckedResolver { lookup: Arc::clone(lookup), reach: reach.clone() })
}

/// The authorities that browsers trust, compiled in: Lambda's image need not have them.
fn trusting_the_public(builder: ClientBuilder) -> ClientBuilder {
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    builder.tls_certs_only(roots.filter_map(|root| Certificate::from_der(root).ok()))
}

fn with_certificates(builder: ClientBuilder, certificates: &Certificates) -> reqwest::Result<Client> {
    let trusts_public = !certificates.have_authorities();
    certificates.apply_to(if trusts_public { trusting_the_public(builder) } else { builder })
}
