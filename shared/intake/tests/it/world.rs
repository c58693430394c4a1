//! A store that remembers or fails, secrets that are given, a clock that stands.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use alert::Clock;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use intake::{
    Entry, Keyring, KeyringOf, OwnMembers, Protocol, Quarantined, Recorded, Secrets, SecretsError,
    SourceSecret, Store, StoreError, Webhook,
};
use jiff::Timestamp;
use normalize::{InboundRequest, SourceConfiguration};

/// How the store behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Keeps,
    Fails,
    Hangs,
    /// Takes every event but those of this resource, ever.
    CannotTake(&'static str),
}

/// A store in memory.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) behaviour: Behaviour,
    pub(crate) events: Mutex<Vec<alert::AlertEvent>>,
    /// The request of each event.
    pub(crate) requests: Mutex<Vec<InboundRequest>>,
    pub(crate) quarantined: Mutex<Vec<Quarantined>>,
}

/// Secrets as the test gives them.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) known: Option<Keyring<String>>,
    /// What the secrets manager has by now, where that is something else.
    pub(crate) newer: Option<Keyring<String>>,
}

/// A clock that stands still.
#[derive(Debug, Clone)]
pub(crate) struct FixedClock;

/// What a webhook answered, and what it kept.
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) allow: Option<String>,
    pub(crate) shelf: Arc<Shelf>,
}

impl Store for Shelf {
    async fn record(&self, entry: Entry<'_>) -> Result<Recorded, StoreError> {
        self.behave().await?;
        if matches!(self.behaviour, Behaviour::CannotTake(resource) if entry.event.resource.as_deref() == Some(resource))
        {
            return Err(StoreError::Rejected { what: "event", source: "it is too large".into() });
        }
        let mut events = self.events.lock().unwrap();
        if events.iter().any(|known| known.event_id == entry.event.event_id) {
            return Ok(Recorded::Duplicate);
        }
        events.push(entry.event.clone());
        self.requests.lock().unwrap().push(entry.inbound.clone());
        Ok(Recorded::New(None))
    }

    async fn quarantine(&self, quarantined: &Quarantined) -> Result<(), StoreError> {
        self.behave().await?;
        self.quarantined.lock().unwrap().push(quarantined.clone());
        Ok(())
    }
}

impl Shelf {
    async fn behave(&self) -> Result<(), StoreError> {
        match self.behaviour {
            Behaviour::Keeps | Behaviour::CannotTake(_) => Ok(()),
            Behaviour::Fails => {
                Err(StoreError::Unavailable { operation: "test", source: "it is down".into() })
            }
            Behaviour::Hangs => {
                tokio::time::sleep(Duration::from_hours(1)).await;
                Ok(())
            }
        }
    }

    /// Whether nothing at all was kept.
    pub(crate) fn is_empty(&self) -> bool {
        self.events.lock().unwrap().is_empty() && self.quarantined.lock().unwrap().is_empty()
    }
}

impl Secrets for Given {
    async fn keyring<P: Protocol>(&self) -> Result<Option<Arc<KeyringOf<P>>>, SecretsError> {
        Ok(self.known.as_ref().map(|texts| Arc::new(read(texts))))
    }

    async fn renewed<P: Protocol>(&self) -> Result<Option<Arc<KeyringOf<P>>>, SecretsError> {
        Ok(self.newer.as_ref().or(self.known.as_ref()).map(|texts| Arc::new(read(texts))))
    }
}

fn read<T: OwnMembers>(texts: &Keyring<String>) -> Keyring<SourceSecret<T>> {
    let version = |text: &String| SourceSecret::read(text).secret.unwrap();
    Keyring { current: version(&texts.current), previous: texts.previous.as_ref().map(version) }
}

#[async_trait]
impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        "2026-11-21T18:45:12Z".parse().unwrap()
    }

    async fn sleep(&self, _duration: Duration) {}
}

/// The secret that `json` says.
pub(crate) fn secret(json: &str) -> Keyring<String> {
    Keyring { current: json.to_owned(), previous: None }
}

/// The same, and what it said before.
pub(crate) fn rotated(current: &str, previous: &str) -> Keyring<String> {
    Keyring { current: current.to_owned(), previous: Some(previous.to_owned()) }
}

/// Sends `request` to the webhook of `P`.
pub(crate) async fn send<P: Protocol>(
    behaviour: Behaviour,
    keyring: impl Into<Option<Keyring<String>>>,
    request: Request<impl Into<Bytes>>,
) -> Seen {
    let secrets = Given { known: keyring.into(), newer: None };
    send_to::<P>(behaviour, secrets, request.map(Into::into)).await
}

/// The same, where the secrets are `secrets`.
pub(crate) async fn send_to<P: Protocol>(
    behaviour: Behaviour,
    secrets: Given,
    request: Request<Bytes>,
) -> Seen {
    let shelf = Arc::new(Shelf {
        behaviour,
        events: Mutex::default(),
        requests: Mutex::default(),
        quarantined: Mutex::default(),
    });
    let webhook: Webhook<P, _, _, _> =
        Webhook::new(Arc::clone(&shelf), Arc::new(secrets), FixedClock, SourceConfiguration::default());
    let response: Response<Bytes> = webhook.handle(request).await;
    let allow = response.headers().get("allow").map(|value| value.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    Seen { status, body: String::from_utf8(response.into_body().into()).unwrap(), allow, shelf }
}

/// A POST of `body` to `path` with the token `right`.
pub(crate) fn post(path: &str, body: &'static [u8]) -> Request<&'static [u8]> {
    Request::post(path).header("x-api-key", "right").body(body).unwrap()
}
