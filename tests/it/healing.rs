//! `campanile up` before sources that go on speaking while it is dead: what they could not deliver is there when it is back, once.
//!
//! The bundle's keeper runs when it starts, so that a run is a start.

use std::collections::BTreeSet;
use std::process::Stdio;

use alert::Clock as _;
use jiff::Timestamp;
use jiff::tz::Offset;
use kazoo::Credentials;
use kazoo::testing::{API_KEY, StandIn, Version};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{Bundle, Data, READ_TOKEN, Reader, Receiver, binary, eventually, secrets, token, webhook_call};
use tokio::process::Command;

const HOOK: &str = "h1";

/// Bundles over one directory, one after the other.
struct Tower {
    folder: TempDir,
    secrets: Value,
}

impl Tower {
    fn new(secrets: Value) -> Self {
        Self { folder: TempDir::new().unwrap(), secrets }
    }

    /// Starts a bundle, whose keeper has done its work when this says `done`.
    async fn start(&self, done: &str) -> Bundle {
        let data = Data::Directory(self.folder.path().to_owned());
        let environment = vec![("CAMPANILE_PUBLIC_URL".to_owned(), "https://alerts.example.com".to_owned())];
        let bundle = Bundle::start_in(&data, Some(&self.secrets), environment).await;
        eventually("the keeper has run", async || bundle.log().contains(done)).await;
        bundle
    }
}

/// A KAZOO with one hook, a minute ago.
struct Kazoo {
    stand_in: StandIn,
    tried: BTreeSet<String>,
}

impl Kazoo {
    async fn start() -> Self {
        let stand_in = StandIn::start(Version::V4_3).await;
        let now = aws::SystemClock.now();
        stand_in.clock.advance(now.as_second() - 120 - stand_in.clock.now().as_second());
        stand_in.crossbar().put(HOOK, json!({
            "hook": "channel_destroy", "name": "campanile channel_destroy", "http_verb": "post", "format": "json",
            "uri": format!("https://alerts.example.com/kazoo/{}?hook=channel_destroy", token("kazoo")),
            "retries": 3, "enabled": true,
        }));
        Self { stand_in, tried: BTreeSet::new() }
    }

    /// The usual secrets, with what the keeper needs.
    fn secrets(&self) -> Value {
        let base_url = self.stand_in.configuration(Credentials::api_key(API_KEY).unwrap()).base_url;
        let mut secrets = secrets();
        secrets["campanile/kazoo"]["url"] = json!(base_url.to_string());
        secrets["campanile/kazoo"]["api_key"] = json!(API_KEY);
        secrets
    }

    /// Has calls end, each of which KAZOO tries to report to `bundle` while its hook is on.
    async fn calls_end(&mut self, calls: std::ops::Range<usize>, bundle: Option<&Bundle>) {
        for number in calls {
            self.stand_in.clock.advance(1);
            if !self.stand_in.crossbar().is_on(HOOK) {
                continue;
            }
            let call_id = format!("call-{number}");
            let body = json!({
                "hook_event": "channel_destroy", "account_id": "A", "call_id": call_id,
                "hangup_cause": "NORMAL_CLEARING", "hangup_code": "sip:200", "timestamp": self.stand_in.clock.gregorian(),
            });
            self.tried.insert(call_id);
            match bundle {
                Some(bundle) => {
                    let call = webhook_call("kazoo", body.to_string().into_bytes()).header("x-hook-id", HOOK);
                    assert_eq!(bundle.answer(&call).await.status, 200);
                }
                // Nobody listens.
                None => self.stand_in.crossbar().attempt(HOOK, &body.to_string(), None),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_after_a_campanile_that_was_dead_under_traffic_hooks_are_on_and_each_tried_call_is_there_once()
 {
    let mut kazoo = Kazoo::start().await;
    let tower = Tower::new(kazoo.secrets());
    let alive = tower.start("attempts replayed").await;
    kazoo.calls_end(0..5, Some(&alive)).await;
    alive.kill().await;
    kazoo.calls_end(5..30, None).await;
    assert!(!kazoo.stand_in.crossbar().is_on(HOOK), "it was switched off");
    assert!(kazoo.tried.len() < 30, "and then nothing was tried");

    let back = tower.start("attempts replayed").await;
    assert!(kazoo.stand_in.crossbar().is_on(HOOK));
    kazoo.calls_end(30..33, Some(&back)).await;
    let [alert] = back.alerts("source=campanile").await.try_into().unwrap();
    assert_eq!(
        (&alert["condition"], &alert["labels"]["alertname"]),
        (&json!("firing"), &json!("kazoo_hooks_off"))
    );
    back.kill().await;

    let again = tower.start("attempts replayed").await;
    assert_eq!(again.alerts("source=campanile").await[0]["condition"], "resolved");
    let events = again.events("source=kazoo").await;
    let recorded: BTreeSet<_> =
        events.iter().map(|event| event["labels"]["call_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(events.len(), recorded.len(), "none is there twice");
    assert_eq!(recorded, kazoo.tried);
}

/// What `campanile check <source>` prints of a source that calls `bundle`.
async fn checked(source: &str, bundle: &Bundle, secrets: &Value) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("secrets.json");
    std::fs::write(&file, secrets.to_string()).unwrap();
    let mut command = Command::new(binary("campanile"));
    command.env_clear().args(["check", source, "--url", bundle.url(), "--token", READ_TOKEN, "--secrets"]);
    let output = command.arg(&file).stdin(Stdio::null()).output().await.unwrap();
    [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat()
}

/// What Tencent posts when an alarm that began at `began` fires, or is over.
fn callback(status: &str, began: Timestamp, lasted: i64) -> String {
    let local = |second: i64| {
        let time = Timestamp::from_second(second).unwrap();
        Offset::constant(8).to_datetime(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
    };
    let recovered = if status == "0" { local(began.as_second() + lasted) } else { "0".to_owned() };
    json!({
        "sessionId": format!("session-{lasted}"), "alarmStatus": status, "alarmType": "metric",
        "alarmObjInfo": {
            "region": "hk", "namespace": "qce/cvm", "uin": "100000000001",
            "dimensions": { "deviceName": "web-1", "unInstanceId": "ins-aaaa1111" },
        },
        "alarmPolicyInfo": {
            "policyId": "policy-bbbb2222", "policyType": "cvm_device", "policyName": "cpu",
            "conditions": { "metricName": "cpu_usage", "metricShowName": "CPU", "currentValue": "97", "unit": "%" },
        },
        "firstOccurTime": local(began.as_second()), "durationTime": lasted, "recoverTime": recovered,
    })
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_was_lost_is_recorded_from_history_once_whether_or_not_it_comes_later() {
    use tencent::testing::{SECRET_ID, SECRET_KEY, StandIn};
    for comes_later in [true, false] {
        let tencent = StandIn::start(|| aws::SystemClock.now()).await;
        let began = Timestamp::from_second(aws::SystemClock.now().as_second() - 1800).unwrap();
        let bodies = [callback("1", began, 0), callback("0", began, 600)];
        let url = format!("https://alerts.example.com/tencent/{}", token("tencent"));
        tencent.monitor().notices.push(json!({ "Id": "notice-1", "URLNotices": [{ "URL": url }] }));
        for (body, lasted) in bodies.iter().zip([0, 600]) {
            tencent.monitor().notified.push(json!({
                "NotifyTime": began.as_second() + lasted, "Notices": [{ "NoticeId": "notice-1" }],
                "ChannelsReceivers": [{ "ChannelName": "WebHook", "SendStatus": 2, "Contents": [{ "Content": body }] }],
            }));
        }
        let mut secrets = secrets();
        for (name, value) in
            [("secret_id", SECRET_ID), ("secret_key", SECRET_KEY), ("endpoint", tencent.url.as_str())]
        {
            secrets["campanile/tencent"][name] = json!(value);
        }
        let tower = Tower::new(secrets);
        let bundle = tower.start("open alarms looked at").await;
        assert_eq!(bundle.only_alert().await["condition"], "resolved");
        if comes_later {
            for body in bodies {
                assert_eq!(bundle.answer(&webhook_call("tencent", body.into_bytes())).await.status, 200);
            }
        }
        bundle.kill().await;
        let again = tower.start("open alarms looked at").await;
        assert_eq!(again.events("source=tencent").await.len(), 2, "{comes_later}");
        assert_eq!(again.only_alert().await["flaps"], 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_netdata_did_not_notify_is_recorded_once_whether_or_not_its_webhook_comes_later() {
    use netdata::testing::{NODE, SPACE, StandIn, TOKEN};
    let netdata = StandIn::start(|| aws::SystemClock.now()).await;
    let at = Timestamp::from_second(aws::SystemClock.now().as_second() - 900).unwrap();
    let id = "5b0e6f21-3a94-4d8c-b7e2-f01c69a85d37";
    netdata.cloud().transition(id, at, "used_swap", ["CLEAR", "CRITICAL"]);
    let mut secrets = secrets();
    secrets["campanile/netdata"]["api_token"] = json!(TOKEN);
    secrets["campanile/netdata"]["endpoint"] = json!(netdata.url);
    let tower = Tower::new(secrets.clone());
    let bundle = tower.start("changes fetched").await;
    assert_eq!(bundle.only_alert().await["condition"], "firing");
    let check = checked("netdata", &bundle, &secrets).await;
    assert!(check.contains("changes within 24 hours: 1, of which nobody was notified: 0"), "{check}");
    assert!(check.contains("kept by Campanile: looked after "), "{check}");
    assert!(check.contains(" ago: events recorded that did not arrive: 1"), "{check}");
    let webhook = json!({
        "space": { "id": SPACE, "name": "Example", "slug": "example" }, "node": { "id": NODE, "hostname": "web-01.example.net" },
        "alert": {
            "name": "used_swap", "chart": { "id": "mem.swap" }, "context": "mem.swap", "state": { "status": "Critical" },
            "triggered_at": at.to_string(), "transition_id": id,
        },
    });
    let answer = bundle.answer(&webhook_call("netdata", webhook.to_string().into_bytes())).await;
    assert_eq!(answer.json(), json!({ "status": "ok", "recorded": 0, "duplicates": 1 }));
    assert!(!bundle.log().contains(TOKEN));
    assert_eq!(bundle.events("source=netdata").await.len(), 1);
}
