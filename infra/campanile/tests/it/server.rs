//! The local bundle where things go wrong around it: half a request, a file that others could read, a full disk.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::Duration;

use campanile::embedded::{EmbeddedTable, Location};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// `campanile up` over a table in `folder`.
pub(crate) struct Up {
    process: Child,
    pub(crate) address: String,
}

impl Up {
    /// `limit` is what the shell says before it becomes the command.
    async fn in_folder(folder: &TempDir, limit: &str) -> Self {
        Self::start(folder, &format!("{limit} exec \"$0\" up --listen 127.0.0.1:0")).await
    }

    /// `script` is what the shell says to become the command `$0`.
    pub(crate) async fn start(folder: &TempDir, script: &str) -> Self {
        let mut process = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_campanile")])
            .env_clear()
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(folder.path().join("log")).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut ready).await.unwrap();
        let address = ready.trim().strip_prefix("campanile is ready on http://").unwrap().to_owned();
        Self { process, address }
    }

    async fn ready(&self) -> (u16, String) {
        let answer = reqwest::get(format!("http://{}/-/ready", self.address)).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn fire(&self, number: usize) -> u16 {
        let body = serde_json::json!([{
            "labels": { "alertname": format!("disk-{number}") }, "annotations": { "text": "x".repeat(20_000) },
        }]);
        let request = reqwest::Client::new().post(format!("http://{}/v1/alertmanager", self.address));
        let request = request.bearer_auth("campanile-development-api").json(&body);
        request.timeout(Duration::from_mins(1)).send().await.map_or(0, |answer| answer.status().as_u16())
    }
}

#[tokio::test]
async fn the_table_is_for_its_owner_alone() {
    let folder = TempDir::new().unwrap();
    let directory = folder.path().join("deep/table");
    let _table = EmbeddedTable::open(&Location::Directory(directory.clone())).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&directory.join("table.sqlite")), 0o600);
    for beside in std::fs::read_dir(&directory).unwrap() {
        let beside = beside.unwrap();
        if beside.file_name().to_string_lossy().starts_with("table.sqlite") {
            assert_eq!(mode(&beside.path()), 0o600, "{beside:?}");
        }
    }
}

#[tokio::test]
async fn a_table_whose_file_is_empty_is_said_to_start_empty() {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join(".campanile")).unwrap();
    std::fs::write(folder.path().join(".campanile/table.sqlite"), "").unwrap();
    let up = Up::in_folder(&folder, "").await;
    assert_eq!(up.ready().await, (200, "OK".to_owned()));
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("the table's file is there but empty"), "{log}");
}

#[tokio::test]
async fn half_a_request_is_not_waited_for_without_end() {
    let folder = TempDir::new().unwrap();
    let up = Up::in_folder(&folder, "").await;
    let mut head = TcpStream::connect(&up.address).await.unwrap();
    head.write_all(b"POST /kazoo HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let mut body = TcpStream::connect(&up.address).await.unwrap();
    body.write_all(b"POST /kazoo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc").await.unwrap();
    let mut answers = [Vec::new(), Vec::new()];
    let [first, second] = &mut answers;
    let ended = async { tokio::join!(head.read_to_end(first), body.read_buf(second)) };
    timeout(Duration::from_secs(40), ended).await.expect("both end").1.unwrap();
    assert!(answers[1].starts_with(b"HTTP/1.1 408"), "{:?}", String::from_utf8_lossy(&answers[1]));
}

#[tokio::test]
async fn a_full_disk_is_named_once_and_the_bundle_is_not_ready() {
    let folder = TempDir::new().unwrap();
    // Files of this process end at 1,000 blocks of 512 bytes, which is how a full disk looks to SQLite.
    let mut up = Up::in_folder(&folder, "trap '' XFSZ; ulimit -f 1000;").await;
    assert_eq!(up.ready().await.0, 200);
    let mut number = 0;
    while up.fire(number).await == 200 {
        number += 1;
        assert!(number < 500, "the disk is never full");
    }
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(up.ready().await.0, 503);
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert_eq!(log.matches("the table cannot be written, and nothing is taken").count(), 1, "{log}");
    let after = log.split("and nothing is taken").nth(1).unwrap();
    assert!(after.lines().count() <= 5, "{after}");
    assert!(up.process.try_wait().unwrap().is_none());
}
