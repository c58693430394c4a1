//! Lambda's side of one execution environment, with a stopwatch.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

/// The runtime API of one process.
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    events: mpsc::UnboundedSender<String>,
    asked: mpsc::UnboundedReceiver<Instant>,
    answers: mpsc::UnboundedReceiver<(Instant, Bytes)>,
}

struct HandlerState {
    events: Mutex<mpsc::UnboundedReceiver<String>>,
    asked: mpsc::UnboundedSender<Instant>,
    answers: mpsc::UnboundedSender<(Instant, Bytes)>,
}

impl RuntimeApi {
    pub(crate) async fn serve() -> Self {
        let (events, waiting) = mpsc::unbounded_channel();
        let (ask, asked) = mpsc::unbounded_channel();
        let (answer, answers) = mpsc::unbounded_channel();
        let state = HandlerState { events: Mutex::new(waiting), asked: ask, answers: answer };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(answered))
            .with_state(Arc::new(state));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, events, asked, answers }
    }

    /// When the process asks for its next event.
    pub(crate) async fn asked(&mut self) -> Instant {
        self.asked.recv().await.unwrap()
    }

    /// Hands `event` over and waits for the answer: how long that took, and what it was.
    pub(crate) async fn invoke(&mut self, event: String) -> (Duration, Bytes) {
        let begun = Instant::now();
        self.events.send(event).unwrap();
        let (ended, answer) = self.answers.recv().await.unwrap();
        (ended - begun, answer)
    }
}

async fn next(State(state): State<Arc<HandlerState>>) -> Response {
    // The benchmark may be over.
    let _ = state.asked.send(Instant::now());
    let Some(event) = state.events.lock().await.recv().await else {
        return std::future::pending().await;
    };
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", "00000000-0000-0000-0000-000000000000".to_owned()),
        ("lambda-runtime-deadline-ms", u64::MAX.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:bench".to_owned(),
        ),
    ];
    (headers, event).into_response()
}

async fn answered(State(state): State<Arc<HandlerState>>, body: Bytes) -> StatusCode {
    let _ = state.answers.send((Instant::now(), body));
    StatusCode::ACCEPTED
}
