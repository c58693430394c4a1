//! What vendors refuse, over real connections: the stand-ins are as particular as they are.

use channels::testing::{
    Chat, RateLimit, alert, alert_api, channel, group, notification, notification_of, now, slack_web,
    stand_in, telegram,
};
use channels::{
    Attempt, Channel, Event, Interpretation, Memory, Next, Notification, Probe, Progress, Request, Verdict,
};
use jiff::SignedDuration;
use net::{EgressPolicy, HttpAnswer, HttpClient, HttpRequest, Unanswered};
use serde_json::{Value, json};

const GONE: Verdict = Verdict::Suspended(Probe::Never);
const PROBED: Verdict = Verdict::Suspended(Probe::Hourly);

/// A destination with what it remembers, as the engine serves it without waiting.
struct Notified<'a> {
    channel: &'a dyn Channel,
    memory: Memory,
    shared: Memory,
    /// What each request's answer meant.
    meanings: Vec<Interpretation>,
}

impl<'a> Notified<'a> {
    fn of(channel: &'a dyn Channel) -> Self {
        Self { channel, memory: Memory::default(), shared: Memory::default(), meanings: Vec::new() }
    }

    async fn of_notification(&mut self, notification: &Notification) -> Verdict {
        let mut progress = Progress::default();
        for _ in 0..12 {
            let (memory, shared_memory) = (self.memory.clone(), self.shared.clone());
            let attempt = Attempt {
                progress,
                memory: &memory,
                shared_memory: &shared_memory,
                ..Attempt::first("ops", notification, now())
            };
            let Some(Request::Http(request)) = self.channel.request(&attempt) else { return Verdict::Sent };
            let meaning = self.channel.interpret(&attempt, &sent(request).await);
            self.meanings.push(meaning.clone());
            self.memory = meaning.memory.unwrap_or(memory);
            self.shared = meaning.shared_memory.unwrap_or(shared_memory);
            match meaning.next {
                Next::Request { progress: next, .. } => progress = next,
                Next::End(verdict) => return verdict,
            }
        }
        unreachable!("one notification takes too many requests")
    }

    async fn of_event(&mut self, event: Event) -> Verdict {
        self.of_notification(&notification(event)).await
    }
}

async fn sent(request: HttpRequest) -> Result<HttpAnswer, Unanswered> {
    let client = HttpClient::builder(EgressPolicy::public().and_loopback()).build().unwrap();
    client.send(request).await
}

fn opening(channel: &dyn Channel) -> HttpRequest {
    let opened = notification(Event::Opened);
    match channel.request(&Attempt::first("ops", &opened, now())) {
        Some(Request::Http(request)) => request,
        _ => unreachable!("over HTTP"),
    }
}

#[tokio::test]
async fn telegram_edits_what_is_there_and_an_edit_that_changes_nothing_is_sent() {
    let server = telegram(Chat::Fine).await;
    let channel = channel("telegram", &server.uri(), &json!({}));
    let mut notified = Notified::of(&*channel);
    assert_eq!(notified.of_event(Event::Opened).await, Verdict::Sent);
    assert_eq!(notified.memory, Memory(json!({ "message": 700 })));
    for event in [Event::Acknowledged, Event::Acknowledged, Event::Escalated] {
        assert_eq!(notified.of_event(event).await, Verdict::Sent);
    }
    assert_eq!(notified.memory, Memory(json!({ "message": 700 })));
    notified.memory = Memory(json!({ "message": 4711 }));
    assert_eq!(notified.of_event(Event::Reminder).await, Verdict::Sent, "the message is gone: a new one");
    assert_eq!(notified.memory, Memory(json!({ "message": 702 })));
    assert_eq!(notified.of_event(Event::Resolved).await, Verdict::Sent);
    assert_eq!(notified.memory, Memory::default());
}

#[tokio::test]
async fn telegram_holds_a_group_after_the_twentieth_message_of_a_minute() {
    let server = telegram(Chat::Limited).await;
    let channel = channel("telegram", &server.uri(), &json!({}));
    for _ in 0..20 {
        assert_eq!(Notified::of(&*channel).of_event(Event::Opened).await, Verdict::Sent);
    }
    let mut notified = Notified::of(&*channel);
    let wait = Some(SignedDuration::from_secs(35));
    assert_eq!(notified.of_event(Event::Opened).await, Verdict::Retry { from: Progress::default(), wait });
    assert_eq!(notified.meanings[0].hold.as_ref().map(|hold| hold.wait), wait);
}

#[tokio::test]
async fn a_group_of_telegram_that_moved_is_followed_and_one_without_the_bot_is_probed() {
    let server = telegram(Chat::Migrated(-1_009_876_543_210)).await;
    let channel_of = |base: &str| channel("telegram", base, &json!({}));
    let channel = channel_of(&server.uri());
    let mut notified = Notified::of(&*channel);
    assert_eq!(notified.of_event(Event::Opened).await, Verdict::Sent);
    assert_eq!(notified.shared, Memory(json!({ "from": "-1001234567890", "to": -1_009_876_543_210_i64 })));
    assert_eq!(notified.of_event(Event::Resolved).await, Verdict::Sent);
    assert_eq!(notified.meanings.len(), 4, "the second knows the new id at once, edits and replies");
    for chat in [Chat::Blocked, Chat::Kicked] {
        let server = telegram(chat).await;
        assert_eq!(
            Notified::of(&*channel_of(&server.uri())).of_event(Event::Opened).await,
            PROBED,
            "{chat:?}"
        );
    }
}

#[tokio::test]
async fn telegram_refuses_another_token_another_chat_and_html_that_is_none() {
    let server = telegram(Chat::Fine).await;
    let token = "123456:9876543210secret-0123456789-abcdefg";
    for (more, verdict) in [(json!({ "bot_token": token }), PROBED), (json!({ "chat_id": "-5" }), GONE)] {
        let channel = channel("telegram", &server.uri(), &more);
        assert_eq!(Notified::of(&*channel).of_event(Event::Opened).await, verdict, "{more}");
    }
    let channel = channel("telegram", &server.uri(), &json!({}));
    for text in ["a < b", "<p>a</p>", "<b>a", "R&D"] {
        let mut request = opening(&*channel);
        let mut body: Value = serde_json::from_slice(&request.body).unwrap();
        body["text"] = text.into();
        request.body = body.to_string().into_bytes();
        let answer = sent(request).await.unwrap();
        assert_eq!(answer.status, 400, "{text}");
        assert!(answer.text().contains("can't parse entities"), "{}", answer.text());
    }
}

#[tokio::test]
async fn slack_updates_only_a_message_that_is_there_and_replies_only_to_one() {
    let server = slack_web(RateLimit::Any).await;
    let channel = channel("slack_bot", &server.uri(), &json!({}));
    let mut notified = Notified::of(&*channel);
    assert_eq!(notified.of_event(Event::Opened).await, Verdict::Sent);
    assert_eq!(notified.memory.0["ts"], "1503435956.000700");
    assert_eq!(notified.of_event(Event::Escalated).await, Verdict::Sent);
    notified.memory = Memory(json!({ "channel": "C0123456789", "ts": "1503435000.000001" }));
    assert_eq!(notified.of_event(Event::Reminder).await, Verdict::Sent, "the message is gone: a new one");
    assert_eq!(notified.memory.0["ts"], "1503435956.000702");
}

#[tokio::test]
async fn slack_says_under_200_who_may_not_post_where() {
    let server = slack_web(RateLimit::Any).await;
    for more in [
        json!({ "bot_token": "xoxb-of-somebody-else" }),
        json!({ "channel": "C0ARCHIVED0" }),
        json!({ "channel": "C0NOTJOINED" }),
        json!({ "channel": "C0UNKNOWN00" }),
    ] {
        let channel = channel("slack_bot", &server.uri(), &more);
        assert_eq!(Notified::of(&*channel).of_event(Event::Opened).await, PROBED, "{more}");
    }
}

#[tokio::test]
async fn slack_takes_one_message_a_second() {
    let server = slack_web(RateLimit::OneASecond).await;
    let channel = channel("slack_bot", &server.uri(), &json!({}));
    assert_eq!(Notified::of(&*channel).of_event(Event::Opened).await, Verdict::Sent);
    let wait = Some(SignedDuration::from_secs(1));
    let verdict = Notified::of(&*channel).of_event(Event::Opened).await;
    assert_eq!(verdict, Verdict::Retry { from: Progress::default(), wait });
}

#[tokio::test]
async fn a_flow_of_teams_wants_its_query_byte_for_byte_and_no_authorization() {
    let server = stand_in("teams").await;
    let channel = channel("teams", &server.uri(), &json!({}));
    assert_eq!(Notified::of(&*channel).of_event(Event::Opened).await, Verdict::Sent);
    let mut other = opening(&*channel);
    other.url.set_query(Some("api-version=1&sp=/triggers/manual/run&sv=1.0&sig=a-b_0123456789secret%3D"));
    assert_eq!(sent(other).await.unwrap().status, 401);
    let value = http::HeaderValue::from_static("Bearer x");
    let authorized = opening(&*channel).with_header(http::header::AUTHORIZATION, value);
    assert_eq!(sent(authorized).await.unwrap().status, 401);
}

/// The whole life of an incident; requests are processed only after two looks.
#[tokio::test]
async fn an_incident_is_created_noted_or_updated_acknowledged_and_closed() {
    for type_name in ["opsgenie", "jsm"] {
        let (server, api) = alert_api(type_name, 2).await;
        let channel = channel(type_name, &server.uri(), &json!({}));
        let mut notified = Notified::of(&*channel);
        let alias = notification(Event::Opened).group;
        for event in [Event::Opened, Event::Escalated, Event::Deescalated, Event::Acknowledged] {
            assert_eq!(notified.of_event(event).await, Verdict::Sent, "{type_name} {event:?}");
        }
        let incident = api.incident(&alias).unwrap();
        assert!(incident.is_open && incident.is_acknowledged && incident.count == 3, "{incident:?}");
        let notes = ["[WARNING → CRITICAL] used_swap on db-1", "[CRITICAL → WARNING] used_swap on db-1"];
        // The successor has no call that changes an alert.
        assert_eq!(incident.notes, if type_name == "jsm" { notes.to_vec() } else { Vec::new() });
        assert_eq!(notified.of_event(Event::Unacknowledged).await, Verdict::Sent);
        assert!(!api.incident(&alias).unwrap().is_acknowledged);
        assert_eq!(notified.of_event(Event::Resolved).await, Verdict::Sent);
        assert!(!api.incident(&alias).unwrap().is_open);
        let puts = server.received_requests().await.unwrap();
        let puts = puts.iter().filter(|request| request.method.as_str() == "PUT").count();
        assert_eq!(puts, if type_name == "jsm" { 0 } else { 6 }, "{type_name}");
    }
}

#[tokio::test]
async fn the_alert_apis_refuse_another_key_and_never_get_a_message_too_long() {
    for type_name in ["opsgenie", "jsm"] {
        let (server, api) = alert_api(type_name, 0).await;
        let other =
            channel(type_name, &server.uri(), &json!({ "api_key": "99999999-2222-3333-4444-555555555555" }));
        assert_eq!(Notified::of(&*other).of_event(Event::Opened).await, PROBED);
        let channel = channel(type_name, &server.uri(), &json!({}));
        let long = alert::Alert { title: "🔔".repeat(200), ..alert() };
        let opened = notification_of(Event::Opened, long);
        assert_eq!(Notified::of(&*channel).of_notification(&opened).await, Verdict::Sent);
        assert_eq!(
            Notified::of(&*channel).of_notification(&group(Event::Opened, 500, 10)).await,
            Verdict::Sent
        );
        assert!(api.incident(&opened.group).unwrap().is_open);
        let mut request = opening(&*channel);
        request.body = json!({ "message": "x".repeat(131), "alias": "a" }).to_string().into_bytes();
        assert_eq!(sent(request).await.unwrap().status, 422);
    }
}
