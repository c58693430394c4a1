//! The way from another process: an embedded service on a loopback port of its own.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, header};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::service::{AwsCall, AwsService, CONTENT_TYPE, TARGET_HEADER};

/// The largest request that DynamoDB takes (`BatchWriteItem`).
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// An embedded service that listens until this is dropped or [stopped](Self::stop).
#[derive(Debug)]
pub struct Endpoint {
    address: SocketAddr,
    server: JoinHandle<()>,
    /// The server stops once this is gone: it lets calls under way finish and closes idle connections.
    running: oneshot::Sender<()>,
}

/// Why a service could not be put on a port.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// No loopback port could be had.
    #[error("cannot listen on a free port of 127.0.0.1")]
    Listen {
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl Endpoint {
    /// Serves `service` on a free port of 127.0.0.1, in a task of the present runtime.
    pub async fn serve(service: impl AwsService) -> Result<Self, EndpointError> {
        let (listener, address) = listen().await.map_err(|source| EndpointError::Listen { source })?;
        let (running, stopped) = oneshot::channel();
        let router = router(Arc::new(service));
        let server = tokio::spawn(async move {
            let serving = axum::serve(listener, router).with_graceful_shutdown(async { drop(stopped.await) });
            // axum never returns an error; it tries again where accepting fails.
            drop(serving.await);
        });
        Ok(Self { address, server, running })
    }

    /// What belongs into `AWS_ENDPOINT_URL` (or the variable of one service), such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops, and returns when the calls under way are answered and every connection is closed.
    pub async fn stop(self) {
        drop(self.running);
        // It can only have panicked or been cancelled, and is stopped either way.
        drop(self.server.await);
    }
}

async fn listen() -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn router(service: Arc<dyn AwsService>) -> Router {
    Router::new().fallback(answer).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)).with_state(service)
}

async fn answer(State(service): State<Arc<dyn AwsService>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get(TARGET_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let answer = service.answer(AwsCall { target: target.to_owned(), body }).await;
    (answer.status, [(header::CONTENT_TYPE, CONTENT_TYPE)], answer.body).into_response()
}
