//! `campanile install`, `check` and `uninstall tencent`, typed against a stand-in for Cloud Monitor.
//!
//! Whatever a command prints is looked through for secrets, whichever test it runs in.

use std::process::Stdio;

use alert::Clock as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tencent::testing::{Fault, SECRET_ID, SECRET_KEY, StandIn};
use tokio::process::Command;

use crate::transcripts::assert_transcript;

const TOKEN: &str = "t0ken-of-tencent";
const URL: &str = "--url https://alerts.example.com";

/// A Tencent, the secrets of an operator, and what was typed and printed so far.
struct Terminal {
    tencent: StandIn,
    folder: TempDir,
    transcript: String,
}

impl Terminal {
    /// Before an account with a policy of two templates, and one that notifies by level.
    async fn before_tencent() -> Self {
        let tencent = StandIn::start(|| aws::SystemClock.now()).await;
        tencent.monitor().notices.push(json!({
            "Id": "notice-1", "Name": "night shift", "NoticeType": "ALL", "NoticeLanguage": "zh-CN",
            "UserNotices": [{ "ReceiverType": "USER" }], "URLNotices": null,
        }));
        tencent.monitor().policies = vec![
            json!({ "PolicyId": "policy-1", "PolicyName": "cpu", "NoticeIds": ["notice-1"], "HierarchicalNotices": null }),
            json!({
                "PolicyId": "policy-2", "PolicyName": "disk", "NoticeIds": ["notice-1"],
                "HierarchicalNotices": [{ "NoticeId": "notice-1", "Classification": ["Serious"] }],
            }),
        ];
        let terminal = Self { tencent, folder: TempDir::new().unwrap(), transcript: String::new() };
        terminal.keep(&[TOKEN]);
        terminal
    }

    fn keep(&self, tokens: &[&str]) {
        let secret = json!({
            "tokens": tokens, "secret_id": SECRET_ID, "secret_key": SECRET_KEY, "endpoint": self.tencent.url,
        });
        let document = json!({ "campanile/tencent": secret });
        std::fs::write(self.folder.path().join("secrets.json"), document.to_string()).unwrap();
    }

    /// Types `campanile <line> --secrets secrets.json`.
    async fn run(&mut self, line: &str) {
        let output = Command::new(env!("CARGO_BIN_EXE_campanile"))
            .args(line.split(' '))
            // Nobody answers at alerts.example.com.
            .args(line.starts_with("install").then_some("--without-asking"))
            .args(["--secrets", "secrets.json"])
            .env_clear()
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        let [out, err] =
            [&output.stdout, &output.stderr].map(|bytes| String::from_utf8(bytes.clone()).unwrap());
        let printed = format!("{out}{err}[{}]\n", output.status.code().unwrap());
        for secret in [TOKEN, SECRET_KEY, "0ld-t0ken"] {
            assert!(!printed.contains(secret), "`{secret}` is in: {printed}");
        }
        self.transcript.extend(["$ campanile ", line, "\n", &printed, "\n"]);
    }

    /// How often something was changed.
    fn changes(&self) -> usize {
        self.tencent.monitor().asked.iter().filter(|(action, _)| !action.starts_with("Describe")).count()
    }

    fn notice(&self, id: &str) -> Value {
        self.tencent.monitor().notices.iter().find(|notice| notice["Id"] == id).cloned().unwrap()
    }
}

#[tokio::test]
async fn a_template_is_made_and_bound_once_and_goes_without_a_trace() {
    let mut terminal = Terminal::before_tencent().await;
    let before = terminal.tencent.monitor().policies.clone();
    terminal.run(&format!("check tencent {URL}")).await;
    terminal.run(&format!("install tencent {URL} --policies all --dry-run")).await;
    assert_eq!(terminal.changes(), 0);
    terminal.run(&format!("install tencent {URL}")).await;
    terminal.run(&format!("install tencent {URL} --policies all")).await;
    let made = terminal.notice("notice-101");
    assert_eq!(made["URLNotices"], json!([{ "URL": format!("https://alerts.example.com/tencent/{TOKEN}") }]));
    assert_eq!(made["NoticeType"], "ALL");
    let policies = terminal.tencent.monitor().policies.clone();
    assert_eq!(policies[0]["NoticeIds"], json!(["notice-1", "notice-101"]));
    assert_eq!(policies[1]["HierarchicalNotices"][1]["Classification"], json!(["Remind", "Warn", "Serious"]));

    let changes = terminal.changes();
    terminal.run(&format!("install tencent {URL} --policies policy-1,policy-2")).await;
    assert_eq!(terminal.changes(), changes, "what is right stays untouched");
    terminal.run(&format!("check tencent {URL}")).await;
    terminal.run(&format!("uninstall tencent {URL} --dry-run")).await;
    terminal.run(&format!("uninstall tencent {URL}")).await;
    assert_eq!(terminal.tencent.monitor().notices.len(), 1);
    assert_eq!(terminal.tencent.monitor().policies, before);
    terminal.run(&format!("uninstall tencent {URL}")).await;
    assert_transcript!("tencent", terminal.transcript);
}

#[tokio::test]
async fn a_new_token_and_a_template_of_alarms_alone_are_corrected_and_what_it_calls_besides_stays() {
    let mut terminal = Terminal::before_tencent().await;
    terminal.tencent.monitor().notices.push(json!({
        "Id": "notice-2", "Name": "ours", "NoticeType": "ALARM", "NoticeLanguage": "zh-CN", "TimeZoneName": "Asia/Shanghai",
        "URLNotices": [
            { "URL": "https://other.example.com/hook", "IsValid": 1 },
            { "URL": "https://alerts.example.com/tencent/0ld-t0ken", "IsValid": 0 },
        ],
    }));
    terminal.run(&format!("check tencent {URL}")).await;
    terminal.run(&format!("install tencent {URL} --policies policy-1")).await;
    let corrected = terminal.notice("notice-2");
    assert_eq!(corrected["URLNotices"][0]["URL"], "https://other.example.com/hook");
    assert_eq!(
        corrected["URLNotices"][1],
        json!({ "URL": format!("https://alerts.example.com/tencent/{TOKEN}") })
    );
    assert_eq!((&corrected["NoticeType"], &corrected["Name"]), (&json!("ALL"), &json!("ours")));
    assert_eq!(
        (&corrected["NoticeLanguage"], &corrected["TimeZoneName"]),
        (&json!("zh-CN"), &json!("Asia/Shanghai"))
    );
    terminal.run(&format!("uninstall tencent {URL}")).await;
    assert_eq!(terminal.notice("notice-2")["URLNotices"].as_array().unwrap().len(), 1);
    assert_transcript!("tencent", terminal.transcript);
}

#[tokio::test]
async fn a_template_that_notifies_people_is_never_changed() {
    let mut terminal = Terminal::before_tencent().await;
    let old = json!([{ "URL": "https://alerts.example.com/tencent/0ld-t0ken" }]);
    terminal.tencent.monitor().notices[0]["URLNotices"] = old.clone();
    terminal.run(&format!("install tencent {URL}")).await;
    terminal.run(&format!("uninstall tencent {URL}")).await;
    assert_eq!(terminal.notice("notice-1")["URLNotices"], old);
    assert_eq!(terminal.tencent.monitor().notices.len(), 1);
    assert_transcript!("tencent", terminal.transcript);
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_before_anything_is_changed() {
    let mut terminal = Terminal::before_tencent().await;
    terminal.run(&format!("install tencent {URL} --policies policy-9")).await;
    terminal.run(&format!("install tencent {URL} --name=night")).await;
    terminal.tencent.monitor().notices[1]["URLNotices"] = json!([{ "URL": "https://other.example.com" }]);
    terminal.run(&format!("install tencent {URL} --name=night")).await;
    let changes = terminal.changes();
    terminal.keep(&["campanile-development-tencent"]);
    terminal.run(&format!("install tencent {URL}")).await;
    terminal.keep(&["a/b"]);
    terminal.run(&format!("install tencent {URL}")).await;
    terminal.keep(&[&"x".repeat(250)]);
    terminal.run(&format!("install tencent {URL}")).await;
    terminal.keep(&[TOKEN]);
    let denied = ("DescribeAlarmPolicies", Fault::Code("UnauthorizedOperation.NoPermission"));
    terminal.tencent.monitor().faults.push_back(denied);
    terminal.run(&format!("install tencent {URL}")).await;
    assert_eq!(terminal.changes(), changes);
    assert_transcript!("tencent", terminal.transcript);
}

#[tokio::test]
async fn a_check_says_what_was_lost_lately() {
    let mut terminal = Terminal::before_tencent().await;
    terminal.run(&format!("install tencent {URL} --policies all")).await;
    terminal.transcript.clear();
    let now = aws::SystemClock.now().as_second();
    for (ago, status) in [(3600, 1), (1800, 2), (90_000, 2)] {
        terminal.tencent.monitor().notified.push(json!({
            "NotifyTime": now - ago, "Notices": [{ "NoticeId": "notice-101" }],
            "ChannelsReceivers": [{ "ChannelName": "WebHook", "SendStatus": status }],
        }));
    }
    terminal.run(&format!("check tencent {URL}")).await;
    assert!(
        terminal
            .transcript
            .contains("notifications within 24 hours: 2, callbacks that failed: 1, the last one at ")
    );
    let denied = ("DescribeAlarmNotifyHistories", Fault::Code("UnauthorizedOperation"));
    terminal.tencent.monitor().faults.push_back(denied);
    terminal.run(&format!("check tencent {URL}")).await;
    assert!(terminal.transcript.contains("what was sent cannot be seen"));
    assert!(terminal.transcript.contains("tencent calls as it should\n"), "{}", terminal.transcript);
    assert!(terminal.transcript.ends_with("[0]\n\n"), "{}", terminal.transcript);
}
