//! Has a destination served apart from all others: by an invocation of the function's own, or by a task.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use alert::Clock;
use async_trait::async_trait;
use aws_config::SdkConfig;
use dispatch::{Dispatcher, OutboxError, Wake};
use http::{HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use net::{Deadlines, EgressPolicy, HttpClient, HttpRequest};
use serde_json::json;
use tokio::sync::Notify;

use crate::Platform;
use crate::configuration::function_name;
use crate::qualifier::qualifier;
use crate::signing::{endpoint, signed};

/// For how long a task serves a destination before it looks around; the next wake or tick goes on.
const TASK: SignedDuration = SignedDuration::from_secs(100);

/// Whether Lambda waits for what the function says.
const INVOCATION_TYPE: HeaderName = HeaderName::from_static("x-amz-invocation-type");

/// Invokes the function itself, and does not wait for what it does.
pub(super) struct InvokeSelf {
    sdk: SdkConfig,
    function: String,
    client: HttpClient,
}

impl InvokeSelf {
    /// Of a platform that runs as a Lambda function.
    pub(super) fn of(platform: &Platform) -> Option<Self> {
        let (sdk, function) = (platform.sdk.clone()?, function_name()?);
        // The endpoint of Lambda may be one inside a private network.
        let networks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];
        let networks = networks.iter().filter_map(|network| network.parse().ok());
        let egress = EgressPolicy::public().and_networks(networks);
        let egress = if platform.is_local { egress.and_loopback() } else { egress };
        let client = HttpClient::builder(egress).deadlines(Deadlines::default()).build().ok()?;
        Some(Self { sdk, function, client })
    }

    /// A signed request by which Lambda takes the event and answers at once.
    async fn request(
        &self,
        destination: &str,
    ) -> Result<HttpRequest, Box<dyn std::error::Error + Send + Sync>> {
        let region = self.sdk.region().ok_or("no region is configured")?.as_ref();
        let endpoint = endpoint(&self.sdk, "Lambda").unwrap_or_else(|| {
            let end = if region.starts_with("cn-") { ".cn" } else { "" };
            format!("https://lambda.{region}.amazonaws.com{end}")
        });
        let endpoint = endpoint.trim_end_matches('/');
        let qualifier = qualifier().map(|qualifier| format!("?Qualifier={qualifier}")).unwrap_or_default();
        let url = format!("{endpoint}/2015-03-31/functions/{}/invocations{qualifier}", self.function);
        let request = HttpRequest::post(url.parse()?, &json!({ "deliver": destination }))
            .with_header(INVOCATION_TYPE, HeaderValue::from_static("Event"));
        Ok(signed(&self.sdk, "lambda", region, request).await?)
    }
}

#[async_trait]
impl Wake for InvokeSelf {
    async fn wake(&self, destination: &str) -> Result<(), OutboxError> {
        let failed = |source| OutboxError::Unavailable { operation: "invoke the notifier itself", source };
        let request = self.request(destination).await.map_err(failed)?;
        let answer = self.client.send(request).await.map_err(|error| failed(error.into()))?;
        if answer.status == 202 {
            return Ok(());
        }
        Err(failed(format!("Lambda answered {}", answer.status).into()))
    }
}

/// Wakes by `primary`, and remembers for the tick whom that did not reach.
pub(super) struct Remembering {
    primary: InvokeSelf,
    missed: Arc<Missed>,
}

/// Destinations that could not be woken.
#[derive(Debug, Default)]
pub(super) struct Missed(Mutex<BTreeSet<String>>);

impl Remembering {
    pub(super) const fn new(primary: InvokeSelf, missed: Arc<Missed>) -> Self {
        Self { primary, missed }
    }
}

impl Missed {
    /// Those that were missed, which are then forgotten.
    pub(super) fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Wake for Remembering {
    async fn wake(&self, destination: &str) -> Result<(), OutboxError> {
        let woken = self.primary.wake(destination).await;
        if woken.is_err() {
            self.missed.0.lock().unwrap_or_else(PoisonError::into_inner).insert(destination.to_owned());
        }
        woken
    }
}

/// Leaves it to the next tick.
pub(super) struct LeaveToTick;

#[async_trait]
impl Wake for LeaveToTick {
    async fn wake(&self, _: &str) -> Result<(), OutboxError> {
        Ok(())
    }
}

/// Serves each destination by a task of its own in this process.
#[derive(Clone, Default)]
pub(super) struct SpawnTask(Arc<Tasks>);

/// What tasks serve by.
pub(super) struct Engine {
    pub(super) dispatcher: Dispatcher,
    pub(super) clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Tasks {
    /// Weak, because the engine itself holds this.
    engine: OnceLock<Weak<Engine>>,
    /// Destinations that a task serves, and whether they were woken meanwhile.
    running: Mutex<HashMap<String, bool>>,
    /// Rung when a task has ended.
    ended: Notify,
}

impl SpawnTask {
    /// Names the engine that serves, once; whoever owns it keeps it.
    pub(super) fn serve_by(&self, engine: &Arc<Engine>) {
        let _ = self.0.engine.set(Arc::downgrade(engine));
    }
}

impl SpawnTask {
    /// Waits until no task serves anybody.
    pub(super) async fn settled(&self) {
        loop {
            let ended = self.0.ended.notified();
            if self.0.running.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
                return;
            }
            ended.await;
        }
    }
}

impl Tasks {
    /// Notes that `destination` is to be served; `false` if a task does it already, which then looks once more.
    fn begin(&self, destination: &str) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(is_woken) = running.get_mut(destination) {
            *is_woken = true;
            return false;
        }
        running.insert(destination.to_owned(), false);
        true
    }

    /// Whether `destination` was woken while it was served; if not, it is not served any more.
    fn goes_on(&self, destination: &str) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.get_mut(destination).is_some_and(std::mem::take) {
            return true;
        }
        running.remove(destination);
        drop(running);
        self.ended.notify_waiters();
        false
    }
}

#[async_trait]
impl Wake for SpawnTask {
    async fn wake(&self, destination: &str) -> Result<(), OutboxError> {
        if !self.0.begin(destination) {
            return Ok(());
        }
        let (tasks, destination) = (Arc::clone(&self.0), destination.to_owned());
        tokio::spawn(async move {
            loop {
                serve(&tasks, &destination).await;
                if !tasks.goes_on(&destination) {
                    return;
                }
            }
        });
        Ok(())
    }
}

async fn serve(tasks: &Tasks, destination: &str) {
    let Some(engine) = tasks.engine.get().and_then(Weak::upgrade) else { return };
    let until = engine.clock.now().checked_add(TASK).unwrap_or(Timestamp::MAX);
    if let Err(error) = engine.dispatcher.deliver(destination, until).await {
        tracing::error!(destination, error = intake::chain(&error), "destination not served");
    }
}
