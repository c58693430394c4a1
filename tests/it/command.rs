//! The operator's command: what it prints, and a bundle that is stopped and started again.

use std::process::Stdio;

use tests::{
    Alarm, Bundle, Data, NETDATA_TOKEN, READ_TOKEN, Reader, Receiver, TENCENT_TOKEN, binary, secrets,
};
use tokio::process::Command;

/// What a command wrote, and whether it succeeded.
struct Run {
    is_success: bool,
    output: String,
    errors: String,
}

async fn campanile(arguments: &[&str]) -> Run {
    let mut command = Command::new(binary("campanile"));
    let run =
        command.env_clear().args(arguments).stdin(Stdio::null()).kill_on_drop(true).output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { is_success: run.status.success(), output: text(run.stdout), errors: text(run.stderr) }
}

fn table() -> (tempfile::TempDir, Data) {
    let directory = tempfile::tempdir().unwrap();
    let data = Data::Directory(directory.path().join("table"));
    (directory, data)
}

#[tokio::test]
async fn a_bundle_that_starts_again_shows_the_same_alerts() {
    let (_directory, data) = table();
    let bundle = Bundle::start(&data, Some(&secrets())).await;
    for number in 0..3 {
        assert_eq!(bundle.answer(&Alarm::raised(number).call()).await.status, 200);
    }
    let before = bundle.alerts("").await;
    let history = bundle.events("raw=true").await;
    let (status, log) = bundle.stop().await;
    assert!(status.success(), "{log}");

    let bundle = Bundle::start(&data, Some(&secrets())).await;
    assert_eq!(bundle.alerts("").await, before);
    assert_eq!(bundle.events("raw=true").await, history);
    let known = bundle.answer(&Alarm::raised(1).call()).await;
    assert_eq!(known.text(), r#"{"status":"ok","recorded":0,"duplicates":1}"#);
}

#[tokio::test]
async fn a_second_bundle_on_the_same_directory_says_what_is_wrong() {
    let (_directory, data) = table();
    let first = Bundle::start(&data, Some(&secrets())).await;
    let Data::Directory(path) = &data else { unreachable!() };
    let path = path.to_str().unwrap();

    let second = campanile(&["up", "--listen", "127.0.0.1:0", "--data", path]).await;

    assert!(!second.is_success);
    assert_eq!(second.output, "");
    assert!(second.errors.contains("in use") && second.errors.contains(path), "{}", second.errors);
    first.assert_empty().await;
}

#[tokio::test]
async fn a_second_bundle_on_the_same_address_says_what_is_wrong() {
    let first = Bundle::start(&Data::InMemory, None).await;
    let address = first.url().strip_prefix("http://").unwrap();
    let second = campanile(&["up", "--in-memory", "--listen", address]).await;
    assert!(!second.is_success);
    assert!(second.errors.contains(&format!("cannot listen on {address}")), "{}", second.errors);
}

#[tokio::test]
async fn broken_secrets_are_named_and_not_shown() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), r#"{"campanile/netdata": {"tokens": ["s3cr3t"]"#).unwrap();
    let path = file.path().to_str().unwrap();
    let run = campanile(&["up", "--in-memory", "--listen", "127.0.0.1:0", "--secrets", path]).await;
    assert!(!run.is_success);
    assert!(run.errors.contains(path) && !run.errors.contains("s3cr3t"), "{}", run.errors);
}

#[tokio::test]
async fn what_is_sent_by_command_is_listed_by_command() {
    let bundle = Bundle::start(&Data::InMemory, None).await;
    let at = ["--url", bundle.url()];

    let empty = campanile(&[&["alerts"][..], &at].concat()).await;
    assert_eq!((empty.is_success, empty.output.trim()), (true, "nothing is open"));

    let sent = campanile(&[&["send", "netdata", "nested-raised-critical"][..], &at].concat()).await;
    assert!(sent.is_success, "{}", sent.errors);
    assert_eq!(sent.output.trim(), r#"200 OK {"status":"ok","recorded":1,"duplicates":0}"#);
    let sent = campanile(&[&["send", "tencent", "metric-firing"][..], &at].concat()).await;
    assert_eq!(sent.output.trim(), r#"200 OK {"sessionId":"AAAAbbbbCCCCdddd11112222","retCode":0}"#);

    let listed = campanile(&[&["alerts"][..], &at].concat()).await;
    for word in ["critical", "firing", "netdata", "tencent", "DiskUtilization"] {
        assert!(listed.output.contains(word), "no `{word}` in\n{}", listed.output);
    }
    let listed = campanile(&[&["alerts", "--json"][..], &at].concat()).await;
    let alerts: serde_json::Value = serde_json::from_str(&listed.output).unwrap();
    assert_eq!(alerts["alerts"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_command_presents_the_token_it_is_given() {
    let bundle = Bundle::start(&Data::InMemory, Some(&secrets())).await;
    let with = |arguments: &[&'static str], token: &str| {
        let all = arguments.iter().copied().map(str::to_owned);
        all.chain(["--url".into(), bundle.url().into(), "--token".into(), token.into()]).collect::<Vec<_>>()
    };
    let run = async |arguments: Vec<String>| {
        campanile(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await
    };

    let refused = run(with(&["send", "netdata", "nested-raised-critical"], TENCENT_TOKEN)).await;
    assert!(!refused.is_success);
    assert!(refused.output.contains("401"), "{}", refused.output);
    assert!(run(with(&["send", "netdata", "nested-raised-critical"], NETDATA_TOKEN)).await.is_success);
    assert!(
        run(with(&["alerts"], READ_TOKEN)).await.output.contains("used_swap")
            || !bundle.alerts("").await.is_empty()
    );
    let refused = run(with(&["alerts"], "wrong")).await;
    assert!(!refused.is_success);
    assert!(refused.errors.contains("401"), "{}", refused.errors);
}

#[tokio::test]
async fn samples_are_listed_and_an_unknown_one_is_named() {
    let sources = campanile(&["send"]).await;
    assert!(sources.output.lines().any(|line| line == "netdata"), "{}", sources.output);
    let situations = campanile(&["send", "tencent"]).await;
    assert!(situations.output.lines().any(|line| line == "metric-firing"), "{}", situations.output);
    let unknown = campanile(&["send", "netdata", "no-such-thing"]).await;
    assert!(!unknown.is_success);
    assert!(unknown.errors.contains("`no-such-thing`"), "{}", unknown.errors);
}

#[tokio::test]
async fn without_secrets_the_bundle_prints_the_tokens_of_development_and_takes_them() {
    let bundle = Bundle::start(&Data::InMemory, None).await;
    let call = tests::Call::post("/netdata/campanile-development-netdata", Alarm::raised(1).body());
    assert_eq!(bundle.answer(&call).await.status, 200);
    let (_, log) = bundle.stop().await;
    assert!(log.contains("/netdata/campanile-development-netdata"), "{log}");
}
