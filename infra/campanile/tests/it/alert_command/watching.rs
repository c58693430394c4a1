//! `campanile alerts --watch`, and colours.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};
use tokio::time::timeout;

use super::{fingerprint, three_ring};
use crate::operator::Operator;

fn watch(operator: &Operator, line: &str) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = operator.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines)
}

async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    timeout(Duration::from_secs(30), lines.next_line()).await.unwrap().unwrap().unwrap_or_default()
}

/// What is printed up to the next blank line.
async fn next_report(lines: &mut Lines<BufReader<ChildStdout>>) -> Vec<String> {
    let mut printed = Vec::new();
    loop {
        match next(lines).await {
            line if line.is_empty() => return printed,
            line => printed.push(line),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn into_a_pipe_each_change_is_printed_once() {
    let operator = three_ring().await;
    let (_child, mut lines) = watch(&operator, "alerts --watch=1 --severity warning");
    let first = next_report(&mut lines).await;
    assert!(first[0].ends_with("  2 alerts: 1 critical, 1 warning"), "{first:?}");
    assert!(first[2].contains("critical") && first[3].contains("warning"), "the worst first: {first:?}");
    // Two looks without a change print nothing.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    operator.answer(&format!("ack {}", fingerprint(&operator, "SwapUsed").await)).await;
    let second = next_report(&mut lines).await;
    assert!(second[3].contains("acknowledged"), "{second:?}");
    operator.answer("resolve severity=~critical|warning").await;
    let mut last = next_report(&mut lines).await;
    if last.len() > 2 {
        last = next_report(&mut lines).await;
    }
    assert_eq!(last[1], "No alerts match.");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_json_each_change_is_a_line() {
    let operator = three_ring().await;
    let (_child, mut lines) = watch(&operator, "alerts --watch=1 --json");
    for expected in [3, 2] {
        let list: serde_json::Value = serde_json::from_str(&next(&mut lines).await).unwrap();
        assert_eq!(list["alerts"].as_array().unwrap().len(), expected);
        operator.answer("resolve alertname=JobLate").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_does_not_do_ends_it_and_so_does_a_reader_who_has_seen_enough() {
    let operator = three_ring().await;
    let output = operator.output("alerts --watch --token wrong").await;
    assert_eq!(output.status.code(), Some(1));
    let (mut child, mut lines) = watch(&operator, "alerts --watch=1");
    next_report(&mut lines).await;
    drop(lines);
    operator.answer("resolve alertname=JobLate").await;
    let status = timeout(Duration::from_secs(30), child.wait()).await.unwrap().unwrap();
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_are_for_terminals_and_for_whoever_asks_for_them() {
    let operator = three_ring().await;
    let printed = async |line: &str| operator.command(line).output().await.unwrap().stdout;
    assert!(!printed("alerts").await.contains(&0x1b), "a pipe");
    assert!(!printed("alerts --color never").await.contains(&0x1b));
    assert!(printed("alerts --color always").await.contains(&0x1b));
    // A pretended terminal, where this machine has one.
    let line = format!("{} alerts", env!("CARGO_BIN_EXE_campanile"));
    let on_terminal = async |no_colour: &str| {
        let mut script = tokio::process::Command::new("script");
        script
            .args(["-qec", &line, "/dev/null"])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("NO_COLOR", no_colour);
        script.env("CAMPANILE_URL", &operator.url).env("TERM", "xterm-256color").stdin(Stdio::null());
        script.output().await.ok().map(|output| output.stdout)
    };
    if let Some(seen) = on_terminal("").await {
        assert!(seen.contains(&0x1b), "{}", String::from_utf8_lossy(&seen));
        let plain = on_terminal("1").await.unwrap();
        assert!(!plain.contains(&0x1b), "{}", String::from_utf8_lossy(&plain));
    }
}
