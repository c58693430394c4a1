//! A function as Lambda runs it: one process for each concurrent invocation.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex as TurnMutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::binaries::binary;
use crate::call::{Answer, Call, Receiver};
use crate::log::Log;
use crate::runtime_api::{FunctionResult, Invocation, Queue, RuntimeApi};

/// How long a function may take unless a test says otherwise.
const TIMEOUT: Duration = Duration::from_secs(29);

/// How a function is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The binary, such as `netdata-webhook`.
    pub name: String,
    /// Where its DynamoDB and Secrets Manager are.
    pub aws_url: String,
    /// How many of its processes run beside each other.
    pub instances: usize,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// Environment variables besides those that Lambda sets.
    pub environment: Vec<(String, String)>,
}

/// A running function.
#[derive(Debug)]
pub struct Function {
    setup: Setup,
    queue: Queue,
    invocations: mpsc::UnboundedSender<Invocation>,
    instances: Mutex<Vec<Option<Instance>>>,
    log: Log,
}

/// What came of an invocation.
#[derive(Debug)]
pub enum Outcome<T = Answer> {
    /// The function answered.
    Answered(T),
    /// The function failed, with this error document.
    Failed(String),
    /// The process died with the invocation in hand.
    Lost,
}

/// One process.
#[derive(Debug)]
struct Instance {
    kill: oneshot::Sender<()>,
    life: JoinHandle<()>,
}

impl Setup {
    /// One process of the binary `name`, with `AWS_ENDPOINT_URL` set to `aws_url`.
    pub fn new(name: &str, aws_url: String) -> Self {
        Self { name: name.to_owned(), aws_url, instances: 1, timeout: TIMEOUT, environment: Vec::new() }
    }

    /// The same with so many processes beside each other.
    #[must_use]
    pub fn instances(self, instances: usize) -> Self {
        Self { instances, ..self }
    }

    /// The same with this much time for each invocation.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The same with one more environment variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    fn command(&self, runtime_api: SocketAddr) -> Command {
        let mut command = Command::new(binary(&self.name));
        command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", &self.name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", self.name))
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "tests")
            .env("AWS_SECRET_ACCESS_KEY", "tests")
            .env("AWS_ENDPOINT_URL", &self.aws_url)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }
}

impl Function {
    /// Starts the processes; invocations wait until one of them asks for work.
    pub async fn start(setup: Setup) -> Self {
        let (invocations, waiting) = mpsc::unbounded_channel();
        let queue = Arc::new(TurnMutex::new(waiting));
        let function = Self { setup, queue, invocations, instances: Mutex::default(), log: Log::default() };
        for _ in 0..function.setup.instances {
            let instance = function.launch().await;
            function.instances.lock().unwrap().push(Some(instance));
        }
        function
    }

    /// What all processes wrote up to now.
    pub fn log(&self) -> String {
        self.log.text()
    }

    /// Runs one HTTP request to its end.
    pub async fn invoke(&self, call: &Call) -> Outcome {
        match self.run(&call.to_event()).await {
            Outcome::Answered(result) => Outcome::Answered(Answer::from_result(&result)),
            Outcome::Failed(error) => Outcome::Failed(error),
            Outcome::Lost => Outcome::Lost,
        }
    }

    /// Runs one event of any service to its end.
    pub async fn run(&self, event: &Value) -> Outcome<Value> {
        let event = Bytes::from(event.to_string());
        let (result, outcome) = oneshot::channel();
        let timeout = self.setup.timeout;
        self.invocations.send(Invocation { event, timeout, result }).expect("the queue is open");
        // Lambda ends a process that overruns; here it is the test that fails. Waiting for a free process counts, too.
        let outcome = tokio::time::timeout(timeout * 2, outcome).await;
        match outcome.unwrap_or_else(|_| panic!("{} overran its time:\n{}", self.setup.name, self.log())) {
            Ok(FunctionResult::Returned(result)) => {
                Outcome::Answered(serde_json::from_slice(&result).unwrap())
            }
            Ok(FunctionResult::Failed(error)) => {
                Outcome::Failed(String::from_utf8_lossy(&error).into_owned())
            }
            Err(_) => Outcome::Lost,
        }
    }

    /// Kills process number `index` with SIGKILL, whatever it is doing, and starts another in its place.
    pub async fn kill(&self, index: usize) {
        let killed = self.instances.lock().unwrap()[index].take().expect("one kill at a time");
        // It may have ended by itself.
        let _ = killed.kill.send(());
        killed.life.await.unwrap();
        let fresh = self.launch().await;
        self.instances.lock().unwrap()[index] = Some(fresh);
    }

    /// Ends all processes and returns all that they wrote.
    pub async fn stop(self) -> String {
        let instances: Vec<_> = self.instances.into_inner().unwrap().into_iter().flatten().collect();
        for instance in instances {
            let _ = instance.kill.send(());
            instance.life.await.unwrap();
        }
        self.log.text()
    }

    /// How many processes are alive.
    pub fn alive(&self) -> usize {
        self.instances
            .lock()
            .unwrap()
            .iter()
            .flatten()
            .filter(|instance| !instance.life.is_finished())
            .count()
    }

    async fn launch(&self) -> Instance {
        let (api, address) = RuntimeApi::serve(Arc::clone(&self.queue)).await;
        let child = self.setup.command(address).spawn().expect("the binary can be started");
        let (kill, killed) = oneshot::channel();
        let life = tokio::spawn(live(child, killed, api, self.log.clone()));
        Instance { kill, life }
    }
}

/// Waits for the end of a process, brings it about where asked, and then gives up what the process had in hand.
async fn live(mut child: Child, killed: oneshot::Receiver<()>, api: RuntimeApi, log: Log) {
    let output = log.clone().keep(child.stdout.take().unwrap());
    let errors = log.clone().keep(child.stderr.take().unwrap());
    let end = async {
        tokio::select! {
            status = child.wait() => log.append(format!("ended by itself: {status:?}\n").as_bytes()),
            _ = killed => child.kill().await.unwrap(),
        }
    };
    tokio::join!(end, output, errors);
    api.abandon();
}

#[async_trait]
impl Receiver for Function {
    async fn answer(&self, call: &Call) -> Answer {
        match self.invoke(call).await {
            Outcome::Answered(answer) => answer,
            Outcome::Failed(error) => panic!("{} failed: {error}\n{}", self.setup.name, self.log()),
            Outcome::Lost => panic!("{} died:\n{}", self.setup.name, self.log()),
        }
    }
}
