//! `campanile up`: what it says first, and whom it has open the console.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

#[tokio::test(flavor = "multi_thread")]
async fn the_console_comes_first_and_is_opened_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (browser, opened) = (folder.path().join("browser"), folder.path().join("opened"));
    std::fs::write(&browser, format!("#!/bin/sh\necho \"$1\" >'{}'\n", opened.display())).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_campanile"));
    command
        .args(["up", "--in-memory", "--listen", "127.0.0.1:0", "--open"])
        .env_clear()
        .env("BROWSER", &browser);
    command.env("PATH", "/usr/bin:/bin").stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut bundle = command.spawn().unwrap();
    let mut said = BufReader::new(bundle.stdout.take().unwrap()).lines();
    let mut logged = BufReader::new(bundle.stderr.take().unwrap()).lines();
    let ready = timeout(Duration::from_mins(1), said.next_line()).await.unwrap().unwrap().unwrap();
    let url = ready.strip_prefix("campanile is ready on ").unwrap();
    let mut addresses = Vec::new();
    while let Some(line) = logged.next_line().await.unwrap() {
        if line.contains("http://") {
            addresses.push(line);
        }
        if addresses.len() == 2 {
            break;
        }
    }
    assert_eq!(addresses[0], format!("  console    {url}/"));
    let seen = async {
        while !std::fs::read_to_string(&opened).is_ok_and(|text| text.ends_with('\n')) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), seen).await.unwrap();
    assert_eq!(std::fs::read_to_string(&opened).unwrap(), format!("{url}/\n"));
}
