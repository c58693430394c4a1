//! Lambda's side of one execution environment: hands invocations to a function and takes its results.
//!
//! See <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::routing::{get, post};
use bytes::Bytes;
use http::{Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::{Mutex as TurnMutex, Notify, mpsc, oneshot};

/// The largest result that Lambda takes.
const MAX_RESULT_BYTES: usize = 6 * 1024 * 1024;

/// One event on its way to a function.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) event: Bytes,
    pub(crate) timeout: Duration,
    pub(crate) result: oneshot::Sender<FunctionResult>,
}

/// What a function made of an event.
#[derive(Debug)]
pub(crate) enum FunctionResult {
    /// What it returned.
    Returned(Bytes),
    /// What it failed with.
    Failed(Bytes),
}

/// The invocations that wait for an execution environment to be free.
pub(crate) type Queue = Arc<TurnMutex<mpsc::UnboundedReceiver<Invocation>>>;

/// Who waits for the result of each invocation under way, by its id; none once the function is no more.
type UnderWay = Arc<Mutex<Option<HashMap<String, oneshot::Sender<FunctionResult>>>>>;

/// The runtime API of one execution environment.
#[derive(Debug, Clone)]
pub(crate) struct RuntimeApi {
    queue: Queue,
    under_way: UnderWay,
    gone: Arc<Notify>,
    next_id: Arc<AtomicU64>,
}

impl RuntimeApi {
    /// Serves invocations from `queue` on a port of its own, which is returned beside.
    pub(crate) async fn serve(queue: Queue) -> (Self, SocketAddr) {
        let under_way = Arc::new(Mutex::new(Some(HashMap::new())));
        let api = Self { queue, under_way, gone: Arc::default(), next_id: Arc::default() };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = api.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        (api, address)
    }

    /// Gives up what the function had in hand, because it is no more.
    pub(crate) fn abandon(&self) {
        self.under_way.lock().unwrap().take();
        self.gone.notify_one();
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(returned))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .route("/2018-06-01/runtime/init/error", post(StatusCode::ACCEPTED))
            .layer(DefaultBodyLimit::disable())
            .with_state(self.clone())
    }

    fn finish(&self, id: &str, result: FunctionResult) -> StatusCode {
        match self.under_way.lock().unwrap().as_mut().and_then(|under_way| under_way.remove(id)) {
            // Whoever invoked it may have stopped waiting.
            Some(waiting) => waiting.send(result).map_or(StatusCode::ACCEPTED, |()| StatusCode::ACCEPTED),
            None => StatusCode::BAD_REQUEST,
        }
    }
}

async fn next(State(api): State<RuntimeApi>) -> Response<Body> {
    let invocation = tokio::select! {
        invocation = async { api.queue.lock().await.recv().await } => invocation,
        () = api.gone.notified() => None,
    };
    let Some(invocation) = invocation else {
        return std::future::pending().await;
    };
    let id = format!("00000000-0000-0000-0000-{:012}", api.next_id.fetch_add(1, Ordering::Relaxed));
    if let Some(under_way) = api.under_way.lock().unwrap().as_mut() {
        under_way.insert(id.clone(), invocation.result);
    }
    Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", id)
        .header("lambda-runtime-deadline-ms", deadline_ms(invocation.timeout))
        .header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:tests",
        )
        .header("lambda-runtime-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0")
        .body(Body::from(invocation.event))
        .unwrap()
}

async fn returned(State(api): State<RuntimeApi>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    if body.len() > MAX_RESULT_BYTES {
        let error = format!("Function.ResponseSizeTooLarge: {} bytes", body.len());
        api.finish(&id, FunctionResult::Failed(error.into()));
        return StatusCode::PAYLOAD_TOO_LARGE;
    }
    api.finish(&id, FunctionResult::Returned(body))
}

async fn failed(State(api): State<RuntimeApi>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    api.finish(&id, FunctionResult::Failed(body))
}

#[expect(clippy::disallowed_methods, reason = "the Lambda service sets the deadline by the real clock")]
fn deadline_ms(timeout: Duration) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    (now + timeout).as_millis().to_string()
}
