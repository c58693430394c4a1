//! A person at a terminal before a running bundle: what they type, and what they see.
//!
//! Whatever a command prints is looked through for what a terminal would obey, whichever test it runs in.

use std::future::pending;
use std::process::{Output, Stdio};

use alert::Clock as _;
use aws::{Configuration, SystemClock};
use campanile::bundle::Bundle;
use campanile::embedded::{EmbeddedSecrets, Location};
use jiff::{SignedDuration, Timestamp};
use regex::{Captures, Regex};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::process::Command;

const SECRETS: &[u8] = include_bytes!("../../../development-secrets.json");
/// A token that may read only.
pub(crate) const READER: &str = "campanile-development-reader";
/// A token that may do everything.
pub(crate) const WRITER: &str = "campanile-development-api";

/// The person, and what they saw so far.
pub(crate) struct Operator {
    pub(crate) url: String,
    transcript: String,
    /// Ids that differ from run to run, and what stands for them.
    ids: Vec<(String, String)>,
    /// The same of days.
    days: Vec<(String, String)>,
}

impl Operator {
    /// Before a bundle in memory, with the secrets of development and a token that may read only.
    pub(crate) async fn before_a_bundle() -> Self {
        let mut secrets: Value = serde_json::from_slice(SECRETS).unwrap();
        let reader = json!({ "token": READER, "name": "reader", "role": "read" });
        secrets["campanile/api"]["tokens"].as_array_mut().unwrap().push(reader);
        Self::before_a_bundle_with(&secrets).await
    }

    /// The same, with `secrets`.
    pub(crate) async fn before_a_bundle_with(secrets: &Value) -> Self {
        let secrets = EmbeddedSecrets::from_json(secrets.to_string().as_bytes()).await.unwrap();
        // A list of events reads every day of the history: these tests have a few.
        let configuration = Configuration { history_days: 4, ..Configuration::default() };
        let bundle = Bundle::open(&Location::InMemory, secrets, configuration).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(bundle.serve(listener, pending()));
        Self::at(url)
    }

    /// Where something answers at `url`.
    pub(crate) fn at(url: String) -> Self {
        Self { url, transcript: String::new(), ids: Vec::new(), days: Vec::new() }
    }

    /// Types `campanile <line>`; what stands between single quotes is one word.
    pub(crate) async fn run(&mut self, line: &str) {
        let output = self.output(line).await;
        let printed = self.distinguished(&printed(&output));
        let line = self.distinguished(line);
        self.transcript += &["$ campanile ", &line, "\n", &printed, "\n"].concat();
    }

    /// What `campanile <line>` writes to standard output, which must end with 0 and complain of nothing.
    pub(crate) async fn answer(&self, line: &str) -> String {
        let output = self.output(line).await;
        assert!(output.status.success() && output.stderr.is_empty(), "{line}: {}", printed(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// How `campanile <line>` ends and what it writes.
    pub(crate) async fn output(&self, line: &str) -> Output {
        let output = self.command(line).output().await.unwrap();
        let obeyed =
            |c: char| c.is_control() && !matches!(c, '\n' | '\t') || ('\u{202a}'..='\u{202e}').contains(&c);
        let printed = printed(&output);
        assert!(!printed.contains(obeyed), "{line} steers the terminal: {printed:?}");
        output
    }

    /// `campanile <line>`, not run yet.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_campanile"));
        command.args(words(line)).env_clear();
        command.env("CAMPANILE_URL", &self.url).env("USER", "ana").env("TERM", "xterm-256color");
        command.env("XDG_CONFIG_HOME", "/nonexistent");
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// What was typed and seen, with `name` for the id `id`, which is as long.
    pub(crate) fn call(&mut self, id: &str, name: char) {
        let name: String = id.chars().map(|c| if c == '-' { c } else { name }).collect();
        self.ids.push((id.to_owned(), name));
    }

    /// What was typed and seen, with `name` in the place of the digits of `day`.
    pub(crate) fn call_day(&mut self, day: &str, name: char) {
        let name: String = day.chars().map(|c| if c == '-' { c } else { name }).collect();
        self.days.push((day.to_owned(), name));
    }

    /// What was typed and seen since the beginning or since this was last asked, without what differs from run to run.
    pub(crate) fn transcript(&mut self) -> String {
        std::mem::take(&mut self.transcript)
    }

    /// `text` without what differs from run to run; columns stay where they are.
    fn distinguished(&self, text: &str) -> String {
        let mut text = text.replace(&self.url, "http://campanile");
        // As long as they are shown, unless that is the beginning of several.
        for digits in [36, 32, 18, 8] {
            let known = self.ids.iter().filter(|(id, _)| digits <= id.len());
            let alike = |beginning: &str| self.ids.iter().filter(|(id, _)| id.starts_with(beginning)).count();
            for (id, name) in known.filter(|(id, _)| alike(&id[..digits]) == 1) {
                text = text.replace(&id[..digits], &name[..digits]);
            }
        }
        let times = Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z").unwrap();
        let mut text = times.replace_all(&text, "TIME").into_owned();
        for (day, name) in &self.days {
            text = text.replace(day, name);
        }
        // What was just now.
        let seconds = Regex::new(r"\b(\d{1,2}s|[1-9]m)( *)").unwrap();
        let just_now = |found: &Captures<'_>| format!("{:<width$}", "_s", width = found[0].len());
        seconds.replace_all(&text, just_now).into_owned()
    }

    /// Has Prometheus's format bring alerts, each with its labels, since so many minutes.
    pub(crate) async fn fire(&self, alerts: &[(&[(&str, &str)], i64)]) {
        let alerts: Vec<_> = alerts.iter().map(|(labels, minutes)| firing(labels, *minutes)).collect();
        self.post("/v1/alertmanager", WRITER, &json!(alerts)).await;
    }

    /// Posts `body`, which is to be taken.
    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        let request =
            reqwest::Client::new().post(format!("{}{path}", self.url)).bearer_auth(token).json(body);
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.text().await.unwrap());
        response.json().await.unwrap()
    }

    /// What the API answers at `path`, as text.
    pub(crate) async fn api(&self, path: &str) -> String {
        let request = reqwest::Client::new().get(format!("{}{path}", self.url)).bearer_auth(WRITER);
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{path}");
        response.text().await.unwrap()
    }
}

/// An alert in Prometheus's format, firing since so many minutes and half an hour.
fn firing(labels: &[(&str, &str)], minutes: i64) -> Value {
    let labels: serde_json::Map<_, _> =
        labels.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({ "labels": labels, "startsAt": ago(minutes), "endsAt": ago(-2 * 60) })
}

/// What is set where AWS is what answers at `url`, and secrets are those of `tower`.
pub(crate) fn with_aws_at(url: &str) -> [(&str, &str); 5] {
    [
        ("AWS_ENDPOINT_URL", url),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "embedded"),
        ("AWS_SECRET_ACCESS_KEY", "embedded"),
        ("CAMPANILE_SECRET_PREFIX", "tower"),
    ]
}

/// So many minutes and half an hour ago: what is shown in days and hours stays so while a test runs.
pub(crate) fn ago(minutes: i64) -> Timestamp {
    let now = Timestamp::from_second(SystemClock.now().as_second()).unwrap();
    now.checked_sub(SignedDuration::from_secs((minutes + 30) * 60)).unwrap()
}

/// What was written, to both places, and the code that it ended with.
pub(crate) fn printed(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| std::str::from_utf8(bytes).unwrap());
    format!("{out}{err}[{}]\n", output.status.code().unwrap())
}

fn words(line: &str) -> Vec<String> {
    let quoted = line.split('\'').enumerate();
    let mut words = vec![String::new()];
    for (index, part) in quoted {
        let mut parts = if index % 2 == 0 { part.split(' ').collect() } else { vec![part] }.into_iter();
        words.last_mut().unwrap().push_str(parts.next().unwrap_or_default());
        words.extend(parts.map(str::to_owned));
    }
    words.retain(|word| !word.is_empty());
    words
}
