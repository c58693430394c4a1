//! The local bundle as a real process, reached over HTTP.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use async_trait::async_trait;
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::binaries::binary;
use crate::call::{Answer, Call, Receiver};
use crate::log::Log;

/// How the one line begins that says the bundle is ready.
const READY: &str = "campanile is ready on ";

/// Where a bundle keeps its table.
#[derive(Debug, Clone)]
pub enum Data {
    /// Nowhere.
    InMemory,
    /// In this directory.
    Directory(PathBuf),
}

/// A running `campanile up`.
#[derive(Debug)]
pub struct Bundle {
    child: Child,
    url: String,
    client: reqwest::Client,
    log: Log,
    reading: [JoinHandle<()>; 2],
    _secrets: Option<NamedTempFile>,
}

impl Bundle {
    /// Starts it on a free port and waits until it is ready; without `secrets` it uses those of development.
    pub async fn start(data: &Data, secrets: Option<&Value>) -> Self {
        Self::start_in(data, secrets, Vec::new()).await
    }

    /// The same where the variables of `environment` are set, and no other.
    pub async fn start_in(data: &Data, secrets: Option<&Value>, environment: Vec<(String, String)>) -> Self {
        let secrets = secrets.map(file);
        let mut command = command(data, secrets.as_ref().map(NamedTempFile::path));
        let mut child = command.envs(environment).spawn().unwrap();
        let log = Log::default();
        let errors = tokio::spawn(log.clone().keep(child.stderr.take().unwrap()));
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).await.unwrap();
        let url = line.trim().strip_prefix(READY).map(str::to_owned);
        let url = url.unwrap_or_else(|| panic!("not ready, but `{line}`:\n{}", log.text()));
        let reading = [errors, tokio::spawn(log.clone().keep(output))];
        Self { child, url, client: reqwest::Client::new(), log, reading, _secrets: secrets }
    }

    /// Its address, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it wrote up to now, the line that says it is ready excepted.
    pub fn log(&self) -> String {
        self.log.text()
    }

    /// Asks it to stop, as a process manager does, and returns how it ended and all that it wrote.
    pub async fn stop(mut self) -> (ExitStatus, String) {
        let process = self.child.id().expect("it runs").to_string();
        let asked = Command::new("kill").args(["-TERM", &process]).status().await.unwrap();
        assert!(asked.success());
        let status = self.child.wait().await.unwrap();
        (status, self.rest().await)
    }

    /// Kills it, whatever it is doing, and returns all that it wrote.
    pub async fn kill(mut self) -> String {
        self.child.kill().await.unwrap();
        self.rest().await
    }

    async fn rest(self) -> String {
        for reading in self.reading {
            reading.await.unwrap();
        }
        self.log.text()
    }
}

/// `campanile up` with its arguments.
pub(crate) fn command(data: &Data, secrets: Option<&Path>) -> Command {
    let mut command = Command::new(binary("campanile"));
    command.env_clear().args(["up", "--listen", "127.0.0.1:0"]);
    match data {
        Data::InMemory => command.arg("--in-memory"),
        Data::Directory(directory) => command.arg("--data").arg(directory),
    };
    if let Some(secrets) = secrets {
        command.arg("--secrets").arg(secrets);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

fn file(secrets: &Value) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), secrets.to_string()).unwrap();
    file
}

#[async_trait]
impl Receiver for Bundle {
    /// The bundle has no TLS, and so no client certificates.
    async fn answer(&self, call: &Call) -> Answer {
        assert_eq!(call.client_certificate, None);
        let query = if call.query.is_empty() { String::new() } else { format!("?{}", call.query) };
        let url = format!("{}{}{query}", self.url, call.path);
        let mut request = self.client.request(call.method.parse().unwrap(), url).body(call.body.clone());
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{error:?}\n{}", self.log()));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.bytes().await.unwrap() }
    }
}
