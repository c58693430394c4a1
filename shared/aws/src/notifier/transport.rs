//! Carries requests to destinations: one client for all, and one more for each that has certificates of its own.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use channels::Request;
use dispatch::{Destination, Transport};
use net::{Deadlines, EgressPolicy, HttpAnswer, HttpClient, Unanswered};

/// Sends requests within the egress policy.
#[derive(Debug)]
pub struct Courier {
    egress: EgressPolicy,
    deadlines: Deadlines,
    /// By the digest of the settings, where they have certificates; by nothing for all others.
    clients: Mutex<HashMap<String, HttpClient>>,
}

impl Courier {
    /// One that goes where `egress` permits.
    pub fn new(egress: EgressPolicy, deadlines: Deadlines) -> Self {
        Self { egress, deadlines, clients: Mutex::default() }
    }

    fn client(&self, destination: &Destination) -> Result<HttpClient, Unanswered> {
        let certificates = destination.channel.certificates();
        let name = certificates.map(|_| destination.settings_digest.clone()).unwrap_or_default();
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&name) {
            return Ok(client.clone());
        }
        let builder = HttpClient::builder(self.egress.clone()).deadlines(self.deadlines);
        let builder = match certificates {
            Some(certificates) => builder.certificates(certificates.clone()),
            None => builder,
        };
        let client = builder.build().map_err(|error| Unanswered::Connect(intake::chain(&error)))?;
        clients.insert(name, client.clone());
        Ok(client)
    }
}

#[async_trait]
impl Transport for Courier {
    async fn send(&self, destination: &Destination, request: Request) -> Result<HttpAnswer, Unanswered> {
        match request {
            Request::Http(request) => self.client(destination)?.send(request).await,
            Request::Aws { service, .. } => {
                Err(Unanswered::Denied(format!("the service `{service}` is not built into this function")))
            }
        }
    }
}
