//! What scripts rely on: the API's JSON as it is, cursors, codes, and shells that complete.

use std::process::Stdio;

use serde_json::Value;

use super::{fingerprint, three_ring};
use crate::operator::Operator;

#[tokio::test(flavor = "multi_thread")]
async fn json_is_that_of_the_api_to_the_letter() {
    let operator = three_ring().await;
    operator.answer("silence add alertname=DiskFull --for 1h --why x --json").await;
    let disk = fingerprint(&operator, "DiskFull").await;
    for (line, path) in [
        ("alerts --all --json", "/v1/alerts"),
        ("alerts --json", "/v1/alerts?condition=firing"),
        ("alerts --severity warning --json", "/v1/alerts?condition=firing&severity=warning"),
        ("silence --json", "/v1/silences"),
        ("events --json", "/v1/events"),
        ("events --raw --signal firing --json", "/v1/events?raw=true&signal=firing"),
        ("quarantine --json", "/v1/quarantine"),
        ("notifications --json", "/v1/notifications"),
    ] {
        assert_eq!(operator.answer(line).await.trim_end(), operator.api(path).await, "{line}");
    }
    let path = format!("/v1/alerts/{disk}");
    let [alert, history, notes] = [path.clone(), format!("{path}/events"), format!("{path}/notes")]
        .map(async |path| operator.api(&path).await);
    let expected =
        format!(r#"{{"alert":{},"history":{},"notes":{}}}"#, alert.await, history.await, notes.await);
    assert_eq!(operator.answer(&format!("alert {disk} --json")).await.trim_end(), expected);
    let taken = operator.answer(&format!("ack {disk} --json")).await;
    let taken: Value = serde_json::from_str(&taken).unwrap();
    assert_eq!((&taken["fingerprint"], &taken["acknowledgement"]["by"]), (&disk.into(), &"ana".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_on_where_the_one_before_ended_and_says_that_there_is_more() {
    let operator = three_ring().await;
    let first = operator.output("alerts --limit 2 --json").await;
    assert_eq!(first.stderr, b"there is more: raise --limit, or narrow the list\n");
    let first: Value = serde_json::from_slice(&first.stdout).unwrap();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = operator.answer(&format!("alerts --limit 2 --json --cursor {cursor}")).await;
    let rest: Value = serde_json::from_str(&rest).unwrap();
    let titles = [&first, &rest].map(|page| page["alerts"].as_array().unwrap().clone()).concat();
    let titles: Vec<_> = titles.iter().map(|alert| alert["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["DiskFull on db-01", "SwapUsed on db-02", "JobLate on batch-7"]);
    assert_eq!(rest["next_cursor"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_reading_has_read_enough_and_a_full_disk_is_reported() {
    let operator = three_ring().await;
    let mut command = operator.command("alerts");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().await.unwrap();
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(0), &b""[..]));

    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = operator.command("alerts").stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().await.unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint.starts_with("campanile: not all of it could be written: No space left"), "{complaint}");
}

#[tokio::test]
async fn every_shell_completes_every_command() {
    let operator = Operator::at("http://127.0.0.1:1".to_owned());
    let help = operator.answer("--help").await;
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands: Vec<_> = commands.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    for command in
        ["up", "alerts", "alert", "ack", "silence", "quarantine", "replay", "notifications", "completions"]
    {
        assert!(commands.contains(&command), "{command} is not among {commands:?}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = operator.answer(&format!("completions {shell}")).await;
        for command in commands.iter().filter(|command| **command != "help") {
            assert!(script.contains(command), "{shell} does not complete {command}");
        }
        for option in ["severity", "why", "json"] {
            assert!(script.contains(option), "{shell} does not complete --{option}");
        }
        // The other two shells complete no values.
        let completes_values = ["bash", "zsh", "fish"].contains(&shell);
        assert_eq!(script.contains("acknowledged"), completes_values, "{shell}");
    }
    let output = operator.output("completions tcsh").await;
    assert_eq!(output.status.code(), Some(2));
    assert!(help.contains("Exit codes:\n  0  done\n  1  failed"), "{help}");
}

#[tokio::test]
async fn bash_reads_its_completions() {
    let operator = Operator::at("http://127.0.0.1:1".to_owned());
    let script = operator.answer("completions bash").await;
    let ask = "COMP_WORDS=(campanile sil); COMP_CWORD=1; _campanile campanile sil campanile; echo \"${COMPREPLY[@]}\"";
    // In a file: as one argument it would be longer than Linux takes.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("completions.bash");
    std::fs::write(&file, format!("{script}\n{ask}")).unwrap();
    let bash = std::process::Command::new("bash").arg("--norc").arg(&file).output();
    let Ok(bash) = bash else { panic!("bash is not there: its completions cannot be tried") };
    assert_eq!(String::from_utf8(bash.stdout).unwrap(), "silence\n", "{:?}", bash.stderr);
}
