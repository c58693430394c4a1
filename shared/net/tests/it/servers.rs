//! Servers to send to, and clients that reach them.

use std::time::Duration;

use net::{Deadlines, EgressPolicy, HttpClient, HttpRequest};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Path and query that no test may find in an error.
pub(crate) const PATH: &str = "/hooks/0123456789secret";

/// This machine is reached.
pub(crate) fn local() -> EgressPolicy {
    EgressPolicy::public().and_loopback()
}

/// Deadlines for a test that waits for them.
pub(crate) fn impatient() -> Deadlines {
    let short = Duration::from_millis(300);
    Deadlines { connect: short, whole: short }
}

/// A client that reaches this machine and waits for long.
pub(crate) fn client() -> HttpClient {
    let long = Duration::from_secs(20);
    HttpClient::builder(local()).deadlines(Deadlines { connect: long, whole: long }).build().unwrap()
}

/// A client that reaches this machine and does not wait.
pub(crate) fn impatient_client() -> HttpClient {
    HttpClient::builder(local()).deadlines(impatient()).build().unwrap()
}

/// A request to `base`.
pub(crate) fn request(base: &str) -> HttpRequest {
    HttpRequest::post(format!("{base}{PATH}").parse().unwrap(), &serde_json::json!({}))
}

/// What a server does after the head and the first bytes of its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Then {
    /// Hangs up.
    Closes,
    /// Says nothing more.
    Stalls,
    /// Goes on for ever.
    Pours,
}

/// A server that sends `answer` to the first who connects.
pub(crate) async fn raw(answer: &'static str, then: Then) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        let _ = socket.read(&mut request).await;
        let _ = socket.write_all(answer.as_bytes()).await;
        match then {
            Then::Closes => {}
            Then::Stalls => tokio::time::sleep(Duration::from_mins(1)).await,
            Then::Pours => while socket.write_all(&[b'x'; 4096]).await.is_ok() {},
        }
    });
    format!("http://{address}")
}
