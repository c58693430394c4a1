//! `campanile check secrets`, and the file that `campanile up` has its secrets from.

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::operator::{Operator, printed, with_aws_at};
use crate::transcripts::assert_transcript;

/// Nothing that begins like this may ever be printed.
const SECRET: &str = "s3cr3t";

struct Desk {
    folder: TempDir,
    operator: Operator,
    transcript: String,
}

impl Desk {
    fn with(document: &str) -> Self {
        let desk = Self {
            folder: TempDir::new().unwrap(),
            operator: Operator::at("http://127.0.0.1:9".to_owned()),
            transcript: String::new(),
        };
        desk.keep(document);
        desk
    }

    fn keep(&self, document: &str) {
        std::fs::write(self.folder.path().join("secrets.json"), document).unwrap();
    }

    async fn run(&mut self, line: &str, environment: &[(&str, &str)]) {
        let before = std::fs::read(self.folder.path().join("secrets.json")).unwrap();
        let mut command = self.operator.command(line);
        command.envs(environment.iter().copied()).current_dir(self.folder.path());
        let printed = printed(&command.output().await.unwrap());
        assert!(!printed.contains(SECRET), "{printed}");
        assert_eq!(std::fs::read(self.folder.path().join("secrets.json")).unwrap(), before);
        self.transcript += &["$ campanile ", line, "\n", &printed, "\n"].concat();
    }
}

fn mistaken() -> Value {
    json!({
        "campanile/netdata": { "tokens": ["s3cr3t\n", 7], "chalenge_secret": "s3cr3t" },
        "campanile/kazoo": { "token": "s3cr3t" },
        "campanile/tencent": "{\"tokens\": [\"s3cr3t\" \"s3cr3t\"]}",
        "campanile/site24x7": { "tokens": ["s3cr3t"], "data_center": "s3cr3t", "zohoRefreshToken": "s3cr3t" },
        "campanile/api": { "tokens": [
            { "token": "s3cr3t", "name": "ana", "role": "owner" }, { "token": "s3cr3t", "name": "bob", "role": "read" },
        ] },
        "campanile/destinatons": { "destinations": [] },
        "other/kazoo": {},
    })
}

fn right() -> Value {
    json!({
        "campanile/netdata": { "tokens": ["s3cr3t"] },
        "campanile/kazoo": {},
        "campanile/api": { "tokens": [{ "token": "s3cr3t", "name": "bob", "role": "read" }] },
        "campanile/destinations": { "destinations": [] },
    })
}

#[tokio::test]
async fn each_mistake_is_named_by_its_path_with_the_remedy_and_without_its_value() {
    let mut desk = Desk::with(&mistaken().to_string());
    desk.run("check secrets --secrets secrets.json", &[]).await;
    desk.run("check secrets api --secrets secrets.json", &[]).await;
    desk.run("check secrets destinations --secrets secrets.json", &[]).await;
    desk.run("check secrets kazo --secrets secrets.json", &[]).await;
    desk.run("check secrets --secrets nowhere.json", &[]).await;
    desk.keep("{\"campanile/api\": s3cr3t}");
    desk.run("check secrets --secrets secrets.json", &[]).await;
    assert_transcript!("secrets", desk.transcript);
}

#[tokio::test]
async fn secrets_that_are_right_pass_and_what_is_not_used_is_no_mistake() {
    let mut desk = Desk::with(&right().to_string());
    desk.run("check secrets --secrets secrets.json", &[]).await;
    assert_transcript!("secrets", desk.transcript);
}

#[tokio::test]
async fn without_a_file_the_secrets_are_those_of_secrets_manager() {
    use campanile::embedded::{EmbeddedSecrets, Endpoint};
    let document = json!({
        "tower/netdata": { "tokens": ["campanile-development-netdata"] },
        "tower/tencent": { "tokens": ["s3cr3t"] },
    });
    let secrets = EmbeddedSecrets::from_json(document.to_string().as_bytes()).await.unwrap();
    let endpoint = Endpoint::serve(secrets).await.unwrap();
    let mut desk = Desk::with("{}");
    desk.run("check secrets", &with_aws_at(&endpoint.url())).await;
    assert_transcript!("secrets", desk.transcript);
}

/// `campanile up` in a folder, over a file of secrets.
struct Up {
    process: Child,
    url: String,
}

impl Up {
    async fn in_folder(folder: &TempDir, max_age_secs: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_campanile"))
            .args(["up", "--listen", "127.0.0.1:0", "--in-memory", "--secrets", "secrets.json"])
            .env_clear()
            .env("CAMPANILE_SECRET_MAX_AGE_SECS", max_age_secs)
            .current_dir(folder.path())
            .stdout(std::process::Stdio::piped())
            .stderr(std::fs::File::create(folder.path().join("log")).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut ready).await.unwrap();
        let url = ready.trim().strip_prefix("campanile is ready on ").unwrap().to_owned();
        Self { process, url }
    }

    async fn status(&self, token: &str) -> u16 {
        let request =
            reqwest::Client::new().post(format!("{}/kazoo", self.url)).bearer_auth(token).body("{}");
        request.send().await.unwrap().status().as_u16()
    }

    async fn hang_up(&self) {
        let id = self.process.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-HUP", &id]).status().await.unwrap().success());
    }

    /// Waits until `token` is answered `status`.
    async fn becomes(&self, token: &str, status: u16) {
        for _ in 0..100 {
            if self.status(token).await == status {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("`{token}` is not answered {status}");
    }
}

fn kazoo(token: &str) -> String {
    json!({ "campanile/kazoo": { "tokens": [token] } }).to_string()
}

#[tokio::test]
async fn the_file_of_secrets_is_read_again_by_age_and_at_once_upon_a_hangup() {
    let folder = TempDir::new().unwrap();
    let keep = |document: &str| std::fs::write(folder.path().join("secrets.json"), document).unwrap();
    keep(&kazoo("first"));
    let mut up = Up::in_folder(&folder, "300").await;
    assert_eq!(up.status("first").await, 200);
    // A token that is not known has the file be read, and the one before stays valid.
    keep(&kazoo("second"));
    assert_eq!([up.status("second").await, up.status("first").await], [200, 200]);
    keep(&kazoo("third"));
    up.hang_up().await;
    up.becomes("first", 401).await;
    assert_eq!([up.status("third").await, up.status("second").await], [200, 200]);
    // A file that is half written changes nothing.
    keep("{\"campanile/kazoo\": {");
    up.hang_up().await;
    assert_eq!(up.status("third").await, 200);
    keep("{}");
    up.hang_up().await;
    up.becomes("third", 503).await;
    assert!(up.process.try_wait().unwrap().is_none(), "a hangup ends it");
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("secrets are read again") && log.contains("the known value stays in use"), "{log}");
}

#[tokio::test]
async fn a_start_names_what_is_odd_about_the_secrets() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("secrets.json"), mistaken().to_string()).unwrap();
    let up = Up::in_folder(&folder, "1").await;
    assert_eq!(up.status("s3cr3t").await, 503, "kazoo has a `token` and no `tokens`");
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    for named in [
        "`campanile/destinatons` is read by nothing: did you mean `campanile/destinations`?",
        "`other/kazoo` is read by nothing",
        "did you mean `tokens`?",
        "did you mean `challenge_secret`?",
        "tokens[0].role",
    ] {
        assert!(log.contains(named), "`{named}` is not in: {log}");
    }
    assert!(!log.contains(SECRET), "{log}");
}
