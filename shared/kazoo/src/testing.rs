//! A stand-in for Crossbar on a port of this machine, and the clock that it and the client share.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test ends where it fails"
)]

mod attempts;
mod clock;
mod envelope;
mod hooks;
mod login;
mod offered;
mod route;
mod state;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use tokio::net::TcpListener;

use crate::{BaseUrl, Client, Configuration, Credentials, DEADLINES};

pub use self::clock::TestClock;
use self::envelope::Answered;
pub use self::login::API_KEY;
pub use self::state::{ACCOUNT, CHILD, Condition, Crossbar, Effect, Seen, Version, new_hook};

/// A running stand-in.
pub struct StandIn {
    /// The time by which it and its clients go.
    pub clock: Arc<TestClock>,
    address: SocketAddr,
    crossbar: Arc<Mutex<Crossbar>>,
}

impl StandIn {
    /// Starts one that behaves like `version`.
    pub async fn start(version: Version) -> Self {
        let clock = Arc::new(TestClock::default());
        let crossbar = Arc::new(Mutex::new(Crossbar::new(version, Arc::clone(&clock))));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(answer).with_state(Arc::clone(&crossbar));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { clock, address, crossbar }
    }

    /// What it holds, to look at and to change.
    pub fn crossbar(&self) -> MutexGuard<'_, Crossbar> {
        self.crossbar.lock().unwrap()
    }

    /// A client that logs in with the account's API key.
    pub fn client(&self) -> Client {
        self.client_with(Credentials::api_key(API_KEY).unwrap())
    }

    /// A client that logs in with `credentials`.
    pub fn client_with(&self, credentials: Credentials) -> Client {
        Client::new(self.configuration(credentials), Arc::clone(&self.clock) as _).unwrap()
    }

    /// What a client of it needs to know.
    pub fn configuration(&self, credentials: Credentials) -> Configuration {
        let base_url = BaseUrl::parse(&format!("http://{}/v2/", self.address)).unwrap();
        Configuration { base_url, credentials, account: None, deadlines: DEADLINES }
    }
}

async fn answer(
    State(crossbar): State<Arc<Mutex<Crossbar>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answered = {
        let mut crossbar = crossbar.lock().unwrap();
        let seen = Seen::new(&method, &uri, &headers, &body);
        route::answer(&mut crossbar, &seen)
    };
    match answered {
        Answered::Json(status, body) => Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap(),
        Answered::Text(status, body) => Response::builder().status(status).body(Body::from(body)).unwrap(),
        Answered::Lost => {
            let broken =
                futures::stream::iter([Err::<Bytes, _>(std::io::Error::other("the connection breaks"))]);
            Response::new(Body::from_stream(broken))
        }
        Answered::Never => {
            tokio::time::sleep(Duration::from_mins(10)).await;
            Response::new(Body::empty())
        }
    }
}
