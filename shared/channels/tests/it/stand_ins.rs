//! Every type against a server that answers as its vendor does, over real connections.

use channels::testing::{AwsStandIn, answering, channel, group, notification, now, stand_in, success};
use channels::{
    Attempt, CHANNEL_TYPES, Channel, Event, Memory, Next, Notification, Request, Verdict, reason,
    test_notifications,
};
use net::{EgressPolicy, HttpAnswer, HttpClient, HttpRequest, Unanswered};
use serde_json::{Value, json};

fn client() -> HttpClient {
    HttpClient::builder(EgressPolicy::public().and_loopback()).build().unwrap()
}

/// Makes one attempt as the engine does, without its waits.
async fn attempt(channel: &dyn Channel, notification: &Notification, memory: &mut Memory) -> Verdict {
    let client = client();
    let mut attempt_memory = memory.clone();
    let mut progress = channels::Progress::default();
    for _ in 0..12 {
        let attempt =
            Attempt { progress, memory: &attempt_memory, ..Attempt::first("ops", notification, now()) };
        let answer = match channel.request(&attempt) {
            Some(Request::Http(request)) => client.send(request).await,
            Some(Request::Aws { service, input }) => Ok(AwsStandIn::default().answer(service, &input)),
            None => return Verdict::Sent,
        };
        let interpretation = channel.interpret(&attempt, &answer);
        if let Some(known) = interpretation.memory {
            attempt_memory = known;
        }
        match interpretation.next {
            Next::Request { progress: next, .. } => progress = next,
            Next::End(verdict) => {
                *memory = attempt_memory;
                return verdict;
            }
        }
    }
    unreachable!("one notification takes too many requests")
}

#[tokio::test]
async fn every_vendor_takes_an_alert_and_a_group_from_the_opening_to_the_end() {
    for channel_type in CHANNEL_TYPES {
        let server = stand_in(channel_type.name).await;
        let channel = channel(channel_type.name, &server.uri(), &json!({}));
        let mut memory = Memory::default();
        for event in Event::ALL {
            let verdict = attempt(&*channel, &notification(event), &mut memory).await;
            assert_eq!(verdict, Verdict::Sent, "{} {event:?}", channel_type.name);
            let verdict = attempt(&*channel, &group(event, 12, 10), &mut memory).await;
            assert_eq!(verdict, Verdict::Sent, "{} {event:?}", channel_type.name);
        }
    }
}

/// What is sent of `notification` at first.
fn sent(channel: &dyn Channel, notification: &Notification) -> Option<HttpRequest> {
    match channel.request(&Attempt::first("ops", notification, now()))? {
        Request::Http(request) => Some(request),
        Request::Aws { .. } => None,
    }
}

/// What that says.
fn said(channel: &dyn Channel, notification: &Notification) -> Value {
    match channel.request(&Attempt::first("ops", notification, now())).unwrap() {
        Request::Http(request) => serde_json::from_slice(&request.body).unwrap(),
        Request::Aws { input, .. } => input,
    }
}

fn members(body: &Value) -> Vec<String> {
    body.as_object().unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn a_test_has_the_body_that_real_notifications_have() {
    let forms = [None, Some("netdata"), Some("alertmanager"), Some("cloudevents")];
    for channel_type in CHANNEL_TYPES {
        for form in forms.iter().filter(|form| form.is_none() || channel_type.name == "webhook") {
            let more = form.map_or(json!({}), |form| json!({ "body": form }));
            let channel = channel(channel_type.name, "https://vendor.example.com", &more);
            let tests = test_notifications(&*channel, "ops", "4711-token", now());
            for (test, real) in tests.iter().zip([Event::Opened, Event::Resolved].map(notification)) {
                let (test, real) = (said(&*channel, test), said(&*channel, &real));
                let known = members(&test);
                for member in members(&real) {
                    assert!(
                        known.contains(&member)
                            || matches!(member.as_str(), "links" | "client_url" | "click" | "actions"),
                        "{} {member}",
                        channel_type.name
                    );
                }
            }
            let opening = said(&*channel, &tests[0]).to_string();
            assert!(opening.contains("4711-token") && opening.contains("Nothing is wrong"), "{opening}");
            let event: Value = serde_json::from_str(&opening).unwrap();
            if form.is_none_or(|form| form == "netdata") && channel_type.name == "webhook" {
                assert_eq!(
                    (&event["title"], &event["token"]),
                    (&json!("Test Notification"), &json!("4711-token"))
                );
            }
        }
    }
}

#[tokio::test]
async fn a_test_fires_and_is_over() {
    for channel_type in CHANNEL_TYPES {
        let server = stand_in(channel_type.name).await;
        let channel = channel(channel_type.name, &server.uri(), &json!({}));
        let mut memory = Memory::default();
        for notification in test_notifications(&*channel, "ops", "4711-token", now()) {
            let verdict = attempt(&*channel, &notification, &mut memory).await;
            assert_eq!(verdict, Verdict::Sent, "{}", channel_type.name);
        }
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_a_reason_without_a_secret() {
    let server = answering(success("slack")).await;
    let channel = channel("slack", &server.uri(), &json!({}));
    let notification = notification(Event::Opened);
    let attempt = Attempt::first("ops", &notification, now());
    let answer: Result<HttpAnswer, Unanswered> = Err(Unanswered::Connect("refused".to_owned()));
    assert_eq!(reason(&*channel, &attempt, &answer), "127.0.0.1: no connection: refused");
    let strict = HttpClient::builder(EgressPolicy::public()).build().unwrap();
    let denied = strict.send(sent(&*channel, &notification).unwrap()).await;
    let reason = reason(&*channel, &attempt, &denied);
    assert!(reason.starts_with("127.0.0.1: the server may not be reached: ") && !reason.contains("secret"));
}
