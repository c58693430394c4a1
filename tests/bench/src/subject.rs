//! One function under measurement.

use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::cloud::{Cloud, Tally};
use crate::process::{cpu, peak_mib};
use crate::runtime_api::RuntimeApi;
use crate::workload::Workload;

/// Warm invocations that are not measured yet.
const WARM_UP: usize = 50;

pub(crate) struct Subject {
    pub(crate) binary: PathBuf,
    pub(crate) workload: Workload,
}

/// What was measured; durations are medians.
pub(crate) struct Measurement {
    pub(crate) function: &'static str,
    pub(crate) package_bytes: usize,
    pub(crate) start: Duration,
    pub(crate) start_cpu: Duration,
    pub(crate) first: Duration,
    pub(crate) warm: Duration,
    pub(crate) warm_cpu: Duration,
    pub(crate) peak_mib: f64,
    /// Of `invocations` warm invocations.
    pub(crate) tally: Tally,
    pub(crate) invocations: usize,
}

/// One start up to the first invocation.
struct Start {
    until_next: Duration,
    cpu: Duration,
    first: Duration,
}

impl Subject {
    pub(crate) async fn measure(&self, cloud: &Cloud, starts: usize, invocations: usize) -> Measurement {
        let mut begun = Vec::new();
        for start in 0..starts {
            begun.push(self.start(cloud, start).await.0);
        }
        let (_, child, mut api) = self.start(cloud, starts).await;
        let process = child.id().unwrap();
        let first_number = starts + 1;
        for number in 0..WARM_UP {
            self.invoke(&mut api, first_number + number).await;
        }
        cloud.take();
        let before = cpu(process);
        let mut warm = Vec::new();
        for number in 0..invocations {
            warm.push(self.invoke(&mut api, first_number + WARM_UP + number).await);
        }
        let count = u32::try_from(invocations).unwrap();
        Measurement {
            function: self.workload.function,
            package_bytes: self.package_bytes(),
            start: median(begun.iter().map(|start| start.until_next)),
            start_cpu: median(begun.iter().map(|start| start.cpu)),
            first: median(begun.iter().map(|start| start.first)),
            warm: median(warm.into_iter()),
            warm_cpu: cpu(process).saturating_sub(before) / count,
            peak_mib: peak_mib(process),
            tally: cloud.take(),
            invocations,
        }
    }

    async fn start(&self, cloud: &Cloud, number: usize) -> (Start, Child, RuntimeApi) {
        let mut api = RuntimeApi::serve().await;
        let begun = Instant::now();
        let child = self.command(cloud, &api).spawn().unwrap();
        let until_next = api.asked().await - begun;
        let cpu = cpu(child.id().unwrap());
        let first = self.invoke(&mut api, number).await;
        (Start { until_next, cpu, first }, child, api)
    }

    fn command(&self, cloud: &Cloud, api: &RuntimeApi) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", self.workload.function)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "bench")
            .env("AWS_SECRET_ACCESS_KEY", "bench")
            .env("AWS_ENDPOINT_URL", cloud.url())
            .env("SSL_CERT_FILE", cloud.authority())
            .envs(self.workload.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// One invocation that must succeed.
    async fn invoke(&self, api: &mut RuntimeApi, number: usize) -> Duration {
        let (taken, answer) = api.invoke(self.workload.event(number)).await;
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        let succeeded =
            answer.get("errorType").is_none() && answer.get("statusCode").is_none_or(|status| *status == 200);
        assert!(succeeded, "{}: {answer}", self.workload.function);
        taken
    }

    fn package_bytes(&self) -> usize {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(&std::fs::read(&self.binary).unwrap()).unwrap();
        deflate.finish().unwrap().len()
    }
}

fn median(durations: impl Iterator<Item = Duration>) -> Duration {
    let mut durations: Vec<_> = durations.collect();
    durations.sort();
    durations[durations.len() / 2]
}
