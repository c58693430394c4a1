//! What destinations answer, in each one's dialect, and what is made of it.

mod chats;
mod cloud;
mod incidents;
mod robots;

use channels::testing::{channel, notification, now};
use channels::{
    Attempt, CHANNEL_TYPES, Event, Hold, HoldScope, Interpretation, Next, Probe, Progress, Verdict, reason,
};
use jiff::SignedDuration;
use net::{HttpAnswer, Unanswered};
use serde_json::json;

const FAILED: Verdict = Verdict::Failed;
const GONE: Verdict = Verdict::Suspended(Probe::Never);
const PROBED: Verdict = Verdict::Suspended(Probe::Hourly);

fn retry() -> Verdict {
    Verdict::Retry { from: Progress::default(), wait: None }
}

fn retry_in(seconds: i64) -> Verdict {
    Verdict::Retry { from: Progress::default(), wait: Some(SignedDuration::from_secs(seconds)) }
}

fn hold(scope: HoldScope, seconds: i64, is_trouble: bool) -> Hold {
    Hold { scope, wait: SignedDuration::from_secs(seconds), is_trouble }
}

fn trouble(seconds: i64) -> Hold {
    hold(HoldScope::Destination, seconds, true)
}

fn pace(seconds: i64) -> Hold {
    hold(HoldScope::Destination, seconds, false)
}

fn everybody(seconds: i64) -> Hold {
    hold(HoldScope::Everyone("discord".to_owned()), seconds, true)
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> HttpAnswer {
    let header = |(name, value): &(&str, &str)| {
        (name.parse::<http::HeaderName>().unwrap(), value.parse::<http::HeaderValue>().unwrap())
    };
    HttpAnswer::new(status, headers.iter().map(header).collect(), body)
}

/// What a destination of type `type_name` makes of the answer to the `number`th attempt of an opening.
fn interpret_nth(type_name: &str, number: u32, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
    let channel = channel(type_name, "https://vendor.example.com", &json!({}));
    let notification = notification(Event::Opened);
    let attempt = Attempt { number, ..Attempt::first("ops", &notification, now()) };
    assert!(channel.request(&attempt).is_some());
    channel.interpret(&attempt, answer)
}

fn interpret(type_name: &str, answer: HttpAnswer) -> Interpretation {
    interpret_nth(type_name, 1, &Ok(answer))
}

fn verdict(type_name: &str, status: u16, body: &str) -> Verdict {
    match interpret(type_name, answer(status, &[], body)).next {
        Next::End(verdict) => verdict,
        Next::Request { .. } => Verdict::Sent,
    }
}

#[track_caller]
fn check(type_name: &str, cases: &[(u16, &str, Verdict)]) {
    for (status, body, expected) in cases {
        assert_eq!(verdict(type_name, *status, body), *expected, "{type_name} {status} {body}");
    }
}

/// What a 429 or 503 that names a wait leads to: this notification waits, and with it the destination.
#[track_caller]
fn assert_limited(interpretation: &Interpretation, seconds: i64) {
    assert_eq!(interpretation.next, Next::End(retry_in(seconds)));
    assert_eq!(interpretation.hold, Some(trouble(seconds)));
}

#[test]
fn what_no_destination_explains_is_read_by_its_status() {
    for channel_type in CHANNEL_TYPES {
        // Of its successor's page: nothing is there that would come back.
        let missing = if channel_type.name == "jsm" { GONE } else { PROBED };
        check(
            channel_type.name,
            &[
                (302, "", PROBED),
                (401, "", PROBED),
                (402, "", PROBED),
                (403, "", PROBED),
                (404, "", missing),
                (405, "", PROBED),
                (408, "", retry()),
                (410, "", PROBED),
                (413, "", FAILED),
                (422, "", FAILED),
                (500, "", retry()),
                (501, "", PROBED),
                (502, "<html>", retry()),
                (503, "", retry()),
                (505, "", PROBED),
            ],
        );
    }
}

#[test]
fn a_wait_is_believed_for_a_quarter_of_an_hour_in_trouble_and_for_an_hour_at_a_limit() {
    for channel_type in CHANNEL_TYPES {
        let of = |status, wait| interpret(channel_type.name, answer(status, &[("retry-after", wait)], ""));
        assert_limited(&of(503, "80000"), 900);
        assert_limited(&of(503, "30"), 30);
        assert_eq!(of(503, "inf").next, Next::End(retry()), "{}", channel_type.name);
        let limited = of(429, "80000");
        assert_eq!(limited.next, Next::End(retry_in(3600)), "{}", channel_type.name);
        assert_eq!(limited.hold.unwrap().wait, SignedDuration::from_hours(1));
        let odd = of(429, "inf").hold.map(|hold| hold.wait.as_secs());
        assert!(odd.is_none_or(|seconds| seconds <= 600), "{}: {odd:?}", channel_type.name);
    }
}

#[test]
fn no_answer_is_tried_again_and_an_address_inside_never() {
    for channel_type in CHANNEL_TYPES {
        let of = |unanswered| interpret_nth(channel_type.name, 1, &Err(unanswered)).next;
        assert_eq!(of(Unanswered::Denied("inside".to_owned())), Next::End(GONE));
        for unanswered in [
            Unanswered::Timeout,
            Unanswered::Connect("refused".to_owned()),
            Unanswered::Broken("reset".to_owned()),
        ] {
            assert_eq!(of(unanswered), Next::End(retry()), "{}", channel_type.name);
        }
    }
}

#[test]
fn a_body_that_was_cut_off_says_nothing_where_it_counts() {
    let cut = |body| HttpAnswer { is_complete: false, ..answer(200, &[], body) };
    let expected = [
        ("slack", retry()),
        ("mattermost", retry()),
        ("rocketchat", retry()),
        ("discord", retry()),
        ("telegram", retry()),
        ("slack_bot", retry()),
        ("wecom", retry()),
        ("dingtalk", retry()),
        ("feishu", retry()),
        ("ntfy", retry()),
        ("sns", retry()),
        ("eventbridge", retry()),
        ("email", retry()),
        ("webhook", Verdict::Sent),
        // Any 202 is enough, and a 200 is none.
        ("teams", Verdict::Sent),
        ("pagerduty", FAILED),
        ("opsgenie", FAILED),
        ("jsm", FAILED),
    ];
    for (type_name, next) in expected.clone() {
        assert_eq!(interpret(type_name, cut("")).next, Next::End(next), "{type_name}");
    }
    for channel_type in CHANNEL_TYPES {
        assert!(expected.iter().any(|(name, _)| *name == channel_type.name), "{}", channel_type.name);
    }
    assert_eq!(interpret("slack", cut("ok")).next, Next::End(Verdict::Sent));
    let accepted = HttpAnswer { is_complete: false, ..answer(202, &[], "") };
    assert_eq!(interpret("pagerduty", accepted).next, Next::End(Verdict::Sent));
}

#[test]
fn a_reason_names_the_host_and_no_secret() {
    let notification = notification(Event::Opened);
    let attempt = Attempt::first("ops", &notification, now());
    for channel_type in CHANNEL_TYPES {
        let channel = channel(channel_type.name, "https://vendor.example.com", &json!({}));
        let echo = format!("no hook {} at all\r\nX\u{202E} ", channel.secrets().join(" ")).repeat(20);
        let echo = echo + notification.links.acknowledge.as_deref().unwrap();
        let reason = reason(&*channel, &attempt, &Ok(answer(400, &[], &echo)));
        let start = format!("{} answered 400: no hook ", channel.host());
        assert!(reason.starts_with(&start), "{reason}");
        for secret in channel.secrets().iter().filter(|secret| secret.len() > 3) {
            assert!(!reason.contains(secret), "{}: {reason}", channel_type.name);
        }
        assert!(reason.len() < 600 && !reason.contains(|c: char| c.is_control() || c == '\u{202E}'));
    }
}

#[test]
fn nothing_secret_is_printed() {
    for channel_type in CHANNEL_TYPES {
        let channel = channel(channel_type.name, "https://vendor.example.com", &json!({}));
        let printed = format!("{channel:?}");
        for secret in channel.secrets().iter().filter(|secret| secret.len() > 6) {
            assert!(!printed.contains(secret), "{printed}");
        }
        let notification = notification(Event::Opened);
        let request = channel.request(&Attempt::first("ops", &notification, now()));
        assert!(!format!("{notification:?}").contains("/a/l1."), "{notification:?}");
        let printed = format!("{request:?}");
        assert!(!printed.contains("/a/l1."), "{printed}");
        for secret in channel.secrets().iter().filter(|secret| secret.len() > 6) {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}
