//! Robots as they refuse: signatures, clocks, keywords, bytes, and too many messages.

use channels::testing::{Rules, channel, group, notification, now, robot};
use channels::{Attempt, Channel, Event, Interpretation, Next, Notification, Probe, Request, Verdict};
use jiff::{SignedDuration, Timestamp};
use net::{EgressPolicy, HttpClient};
use serde_json::{Value, json};

fn request(channel: &dyn Channel, at: Timestamp) -> net::HttpRequest {
    let notification = notification(Event::Opened);
    let Some(Request::Http(request)) = channel.request(&Attempt::first("ops", &notification, at)) else {
        unreachable!("robots are notified over HTTP")
    };
    request
}

async fn sent(channel: &dyn Channel, notification: &Notification, at: Timestamp) -> Interpretation {
    let attempt = Attempt::first("ops", notification, at);
    let Some(Request::Http(request)) = channel.request(&attempt) else { unreachable!("over HTTP") };
    let client = HttpClient::builder(EgressPolicy::public().and_loopback()).build().unwrap();
    channel.interpret(&attempt, &client.send(request).await)
}

#[test]
fn dingtalk_signs_each_attempt_in_the_url() {
    let dingtalk = channel("dingtalk", "https://vendor.example.com", &json!({}));
    let at = Timestamp::from_millisecond(1_700_000_000_000).unwrap();
    let url = request(&*dingtalk, at).url;
    let signed = "&timestamp=1700000000000&sign=McH3SmkWFUTCNjuS7zCvruTdpqzVEXRyYB44lIqcsFg%3D";
    assert!(url.as_str().ends_with(signed), "{url}");
    let later = at.checked_add(SignedDuration::from_secs(30)).unwrap();
    assert_ne!(request(&*dingtalk, later).url, url);
}

#[test]
fn a_token_of_dingtalk_is_an_address() {
    let token = "0123456789abcdef".repeat(4);
    let settings = json!({ "access_token": token });
    let dingtalk = channels::testing::read("dingtalk", settings).unwrap();
    let url = format!("https://oapi.dingtalk.com/robot/send?access_token={token}");
    assert_eq!(request(&*dingtalk, now()).url.as_str(), url);
    assert!(dingtalk.secrets().contains(&token));
}

#[test]
fn feishu_signs_each_attempt_in_the_body() {
    let feishu = channel("feishu", "https://vendor.example.com", &json!({}));
    let at = Timestamp::from_second(1_700_000_000).unwrap();
    let body: Value = serde_json::from_slice(&request(&*feishu, at).body).unwrap();
    assert_eq!(body["timestamp"], "1700000000");
    assert_eq!(body["sign"], "Jp33/xXhCipDEpjyHvEyc7mRSyXWHbNz6J8+C3qQKNo=");
    let open = channels::testing::read("feishu", json!({ "webhook_url": "https://open.feishu.cn/hidden" }));
    let body: Value = serde_json::from_slice(&request(&*open.unwrap(), at).body).unwrap();
    assert!(body.get("sign").is_none() && body.get("timestamp").is_none());
}

#[tokio::test]
async fn a_signature_counts_by_the_clock_and_by_the_secret() {
    for (type_name, other) in [("dingtalk", "SECother"), ("feishu", "other")] {
        let server = robot(type_name, Rules { clock: Some(now()), ..Rules::default() }).await;
        let right = channel(type_name, &server.uri(), &json!({}));
        let wrong = channel(type_name, &server.uri(), &json!({ "secret": other }));
        let opened = notification(Event::Opened);
        assert_eq!(sent(&*right, &opened, now()).await.next, Next::End(Verdict::Sent));
        let suspended = Next::End(Verdict::Suspended(Probe::Hourly));
        assert_eq!(sent(&*wrong, &opened, now()).await.next, suspended, "{type_name}");
        let late = now().checked_add(SignedDuration::from_hours(2)).unwrap();
        assert_ne!(sent(&*right, &opened, late).await.next, Next::End(Verdict::Sent), "{type_name}");
    }
}

#[tokio::test]
async fn a_keyword_is_in_every_message_and_without_it_none_is_taken() {
    for type_name in ["dingtalk", "feishu"] {
        let rules = Rules { keyword: Some("告警".to_owned()), ..Rules::default() };
        let server = robot(type_name, rules).await;
        let with = channel(type_name, &server.uri(), &json!({ "keyword": "告警" }));
        let without = channel(type_name, &server.uri(), &json!({}));
        for notification in [notification(Event::Resolved), group(Event::Opened, 500, 10)] {
            assert_eq!(sent(&*with, &notification, now()).await.next, Next::End(Verdict::Sent));
            let verdict = sent(&*without, &notification, now()).await.next;
            assert_eq!(verdict, Next::End(Verdict::Suspended(Probe::Hourly)), "{type_name}");
        }
    }
}

#[tokio::test]
async fn the_21st_message_of_a_minute_waits() {
    for type_name in ["wecom", "dingtalk"] {
        let server = robot(type_name, Rules::default()).await;
        let channel = channel(type_name, &server.uri(), &json!({}));
        let opened = notification(Event::Opened);
        for _ in 0..20 {
            assert_eq!(sent(&*channel, &opened, now()).await.next, Next::End(Verdict::Sent));
        }
        let hold = sent(&*channel, &opened, now()).await.hold.unwrap();
        assert_eq!((hold.wait, hold.is_trouble), (SignedDuration::from_secs(60), true), "{type_name}");
    }
}

#[tokio::test]
async fn a_robot_that_is_gone_is_not_asked_again() {
    for (type_name, path) in [
        ("wecom", "/cgi-bin/webhook/send"),
        ("dingtalk", "/robot/send?access_token=short"),
        ("feishu", "/open-apis/bot/v2/other"),
    ] {
        let server = robot(type_name, Rules::default()).await;
        let url = format!("{}{path}", server.uri());
        let channel = channel(type_name, &server.uri(), &json!({ "webhook_url": url }));
        let verdict = sent(&*channel, &notification(Event::Opened), now()).await.next;
        assert_eq!(verdict, Next::End(Verdict::Suspended(Probe::Never)), "{type_name}");
    }
}

#[test]
fn ntfy_knows_us_by_a_token_or_by_a_name() {
    let of = |settings: Value| {
        let ntfy = channels::testing::read("ntfy", settings).unwrap();
        let header = request(&*ntfy, now()).headers.into_iter().find(|(name, _)| name == "authorization");
        (header.map(|(_, value)| value.to_str().unwrap().to_owned()), ntfy.secrets().len())
    };
    let basic = json!({ "topic": "ops", "username": "tönis", "password": "pä:ss" });
    assert_eq!(of(json!({ "topic": "ops" })), (None, 1));
    assert_eq!(of(json!({ "topic": "ops", "token": "tk_1" })), (Some("Bearer tk_1".to_owned()), 2));
    assert_eq!(of(basic), (Some("Basic dMO2bmlzOnDDpDpzcw==".to_owned()), 3));
}
