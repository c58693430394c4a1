//! Carries requests to destinations: one client for all, and one more for each that has certificates of its own.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use channels::{AwsService, Request};
use dispatch::{Destination, Transport};
use net::{Deadlines, EgressPolicy, HttpAnswer, HttpClient, Unanswered};

use super::operations::Operations;
use crate::Platform;

/// Sends requests within the egress policy.
#[derive(Debug)]
pub struct HttpSender {
    egress: EgressPolicy,
    deadlines: Deadlines,
    /// By the digest of the settings, where they have certificates; by nothing for all others.
    clients: Mutex<HashMap<String, HttpClient>>,
    operations: Operations,
}

impl HttpSender {
    /// One that goes where `egress` permits. Region, endpoints and credentials of AWS are read from the environment once a
    /// destination needs them.
    pub fn new(egress: EgressPolicy, deadlines: Deadlines) -> Self {
        Self { egress, deadlines, clients: Mutex::default(), operations: Operations::default() }
    }

    /// One that goes where `platform` permits, with its credentials. A local bundle takes those of the environment; where
    /// there are none it says what it would have sent to AWS.
    pub(super) fn of(platform: &Platform, deadlines: Deadlines) -> Self {
        let operations = match &platform.sdk {
            Some(sdk) => Operations::of(Some(sdk.clone())),
            None => Operations::of_bundle(),
        };
        Self { operations, ..Self::new(platform.egress(), deadlines) }
    }

    /// The host that requests to `destination` go to, which for AWS depends on our own region and configuration.
    pub async fn host(&self, destination: &Destination) -> Result<String, Unanswered> {
        let channel = destination.channel.as_ref();
        match AwsService::of_type(channel.type_name()) {
            Some(service) => self.operations.host(service, channel).await,
            None => Ok(channel.host().to_owned()),
        }
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
impl Transport for HttpSender {
    async fn send(&self, destination: &Destination, request: Request) -> Result<HttpAnswer, Unanswered> {
        let client = self.client(destination)?;
        match request {
            Request::Http(request) => client.send(request).await,
            Request::Aws { service, input } => {
                let host = destination.channel.host();
                self.operations.call(&client, self.deadlines, host, service, &input).await
            }
        }
    }
}
