//! The HTTP server of the local bundle: one that does not wait for ever for the rest of a request.

use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// How long the head of a request may take, and how long a connection may be idle.
pub(super) const HEAD_LIMIT: Duration = Duration::from_secs(30);
/// How long to wait where no connection can be had, such as for want of file descriptors.
const AGAIN: Duration = Duration::from_millis(200);

/// Serves `router` until `stop` is over; requests under way are finished.
pub(super) async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, _)) => connect(stream, router.clone(), &connections),
            Err(error) => {
                tracing::warn!(error = intake::chain(&error), "connection not accepted");
                sleep(AGAIN).await;
            }
        }
    }
    drop(listener);
    connections.shutdown().await;
}

fn connect(stream: TcpStream, router: Router, connections: &GracefulShutdown) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(error = intake::chain(&error), "connection ended early");
        }
    });
}
