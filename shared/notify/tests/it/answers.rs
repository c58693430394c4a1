//! What destinations answer, in each one's dialect, and what is made of it.

use jiff::SignedDuration;
use notify::{Hold, Kind, Outcome, Probe, Progress, Scope, Type, Verdict};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::stand_in::{deliver, destination, message, outcome, server, success};

fn answer(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_string(body)
}

const FAILED: Verdict = Verdict::Failed;
const HELD: Verdict = Verdict::Suspended(Probe::Never);
const PROBED: Verdict = Verdict::Suspended(Probe::Hourly);
const RETRY: Verdict = Verdict::Retry { from: Progress::Start, wait: None };

fn retry_in(seconds: i64) -> Verdict {
    Verdict::Retry { from: Progress::Start, wait: Some(SignedDuration::from_secs(seconds)) }
}

const fn hold(seconds: i64) -> Hold {
    Hold { scope: Scope::Destination, wait: SignedDuration::from_secs(seconds) }
}

async fn check(kind: &str, cases: &[(u16, &str, Verdict)]) {
    for (status, body, verdict) in cases {
        let outcome = outcome(kind, answer(*status, body)).await;
        assert_eq!(outcome.verdict, *verdict, "{kind} {status} {body}");
        assert_eq!(outcome.reason.is_none(), *verdict == Verdict::Sent);
    }
}

/// What a 429 or 503 that names a wait leads to: this message waits, and with it the destination.
fn assert_limited(outcome: &Outcome, seconds: i64) {
    assert_eq!(outcome.verdict, retry_in(seconds));
    assert_eq!(outcome.hold, Some(hold(seconds)));
}

#[tokio::test]
async fn what_no_destination_explains_is_read_by_its_status() {
    for kind in Type::ALL {
        check(
            kind.as_str(),
            &[
                (302, "", HELD),
                (401, "", PROBED),
                (403, "", PROBED),
                (404, "", HELD),
                (408, "", RETRY),
                (410, "", HELD),
                (413, "", FAILED),
                (422, "", FAILED),
                (500, "", RETRY),
                (501, "", HELD),
                (502, "<html>", RETRY),
                (503, "", RETRY),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn every_destination_takes_its_own_success() {
    for kind in Type::ALL {
        let outcome = outcome(kind.as_str(), success(kind.as_str())).await;
        assert_eq!(outcome.verdict, Verdict::Sent, "{}", kind.as_str());
        assert_eq!(outcome.reason, None);
    }
}

#[tokio::test]
async fn discord_success_is_the_saved_message() {
    let saved = outcome("discord", answer(200, r#"{"id":"700","channel_id":"600"}"#)).await;
    assert_eq!(saved.receipt.as_deref(), Some("600/700"));
    assert_eq!(saved.learned, []);
    check("discord", &[(204, "", FAILED), (200, "{}", FAILED), (200, "<html>", FAILED)]).await;
}

#[tokio::test]
async fn discord_error_codes_go_before_the_status() {
    check(
        "discord",
        &[
            (404, r#"{"code":10015,"message":"Unknown Webhook"}"#, HELD),
            (401, r#"{"code":50027,"message":"Invalid Webhook Token"}"#, HELD),
            (400, r#"{"code":220001}"#, HELD),
            (400, r#"{"code":220002}"#, HELD),
            (400, r#"{"code":220003}"#, HELD),
            (400, r#"{"code":220004}"#, HELD),
            (400, r#"{"code":40067}"#, HELD),
            (400, r#"{"code":50006}"#, FAILED),
            (400, r#"{"code":50035}"#, FAILED),
            (413, r#"{"code":40005}"#, FAILED),
            (400, r#"{"code":20016}"#, RETRY),
            (429, r#"{"code":20028}"#, RETRY),
            (400, r#"{"code":20029}"#, RETRY),
        ],
    )
    .await;
}

#[tokio::test]
async fn discord_names_its_wait_in_the_body() {
    let body = r#"{"message":"You are being rate limited.","retry_after":0.376,"global":false}"#;
    assert_limited(&outcome("discord", answer(429, body).insert_header("Retry-After", "1")).await, 1);
    let body = r#"{"message":"You are being rate limited.","retry_after":64.57,"global":false}"#;
    assert_limited(&outcome("discord", answer(429, body).insert_header("Retry-After", "65")).await, 65);
}

#[tokio::test]
async fn a_global_limit_of_discord_holds_every_discord() {
    let everybody = Some(Hold { scope: Scope::EveryDiscord, wait: SignedDuration::from_secs(2) });
    let in_body = answer(429, r#"{"retry_after":1.2,"global":true}"#);
    assert_eq!(outcome("discord", in_body).await.hold, everybody);
    let in_header = answer(429, r#"{"retry_after":1.2}"#).insert_header("X-RateLimit-Global", "true");
    assert_eq!(outcome("discord", in_header).await.hold, everybody);
}

#[tokio::test]
async fn the_last_request_that_discord_allows_is_followed_by_a_pause() {
    let spent = success("discord")
        .insert_header("X-RateLimit-Remaining", "0")
        .insert_header("X-RateLimit-Reset-After", "1.5");
    let outcome = outcome("discord", spent).await;
    assert_eq!((outcome.verdict, outcome.hold), (Verdict::Sent, Some(hold(2))));
}

#[tokio::test]
async fn pagerduty_relies_on_the_status_only() {
    check(
        "pagerduty",
        &[
            (202, "", Verdict::Sent),
            (202, "<html>", Verdict::Sent),
            (200, r#"{"status":"success"}"#, FAILED),
            (400, r#"{"status":"invalid event","message":"Event object is invalid","errors":[]}"#, FAILED),
        ],
    )
    .await;
}

#[tokio::test]
async fn pagerduty_is_given_thirty_seconds_and_then_three_minutes() {
    let server = server(answer(429, "")).await;
    let destination = destination("pagerduty", &server.uri(), &json!({}));
    let courier = crate::stand_in::courier(&destination);
    let message = message(Kind::Opened);
    let mut waits = Vec::new();
    for number in 1..=5 {
        let attempt = notify::Attempt { number, ..notify::Attempt::first(&message, crate::stand_in::now()) };
        let outcome = courier.deliver(&destination, &attempt).await;
        waits.extend(outcome.hold.map(|hold| hold.wait.as_secs()));
    }
    assert_eq!(waits, [30, 30, 30, 180, 180]);
}

#[tokio::test]
async fn slack_success_is_a_word() {
    check(
        "slack",
        &[
            (200, "ok", Verdict::Sent),
            (200, "ok\n", Verdict::Sent),
            (200, r#"{"ok":true}"#, Verdict::Sent),
            (200, r#"{"ok":false,"error":"invalid_payload"}"#, FAILED),
            (200, "<html>captive portal</html>", FAILED),
            (200, "", FAILED),
        ],
    )
    .await;
}

#[tokio::test]
async fn slack_errors_are_words_too() {
    check(
        "slack",
        &[
            (404, "channel_not_found", HELD),
            (410, "channel_is_archived", HELD),
            (403, "action_prohibited", HELD),
            (404, "no_service", HELD),
            (403, "no_active_hooks", HELD),
            (403, "invalid_token", HELD),
            (400, "posting_to_general_channel_denied", HELD),
            (400, "invalid_payload", FAILED),
            (404, "user_not_found", FAILED),
            (400, "no_text", FAILED),
            (400, "too_many_attachments", FAILED),
            (500, "rollup_error", RETRY),
        ],
    )
    .await;
}

#[tokio::test]
async fn slack_names_its_wait_in_a_header_and_in_the_body() {
    let body = r#"{"retry_after":1,"ok":false,"error":"rate_limited"}"#;
    assert_limited(&outcome("slack", answer(429, body).insert_header("Retry-After", "30")).await, 30);
    assert_limited(&outcome("slack", answer(429, body)).await, 1);
}

#[tokio::test]
async fn slack_is_left_alone_for_a_second_after_each_message() {
    assert_eq!(outcome("slack", success("slack")).await.hold, Some(hold(1)));
}

#[tokio::test]
async fn opsgenie_throttles_for_a_period() {
    let throttled = || {
        answer(429, "")
            .insert_header("X-RateLimit-State", "THROTTLED")
            .insert_header("X-RateLimit-Period-In-Sec", "60")
    };
    assert_limited(&outcome("opsgenie", throttled()).await, 60);
    assert_limited(&outcome("opsgenie", throttled().insert_header("Retry-After", "7")).await, 7);
    assert_eq!(outcome("opsgenie", answer(429, "")).await.verdict, RETRY);
}

#[tokio::test]
async fn mattermost_errors_have_ids() {
    let error = |name: &str| {
        format!(
            r#"{{"id":"web.incoming_webhook.{name}.app_error","message":"m","detailed_error":"","status_code":1}}"#
        )
    };
    for name in ["parse", "decode", "text", "attachment"] {
        assert_eq!(outcome("mattermost", answer(400, &error(name))).await.verdict, FAILED, "{name}");
    }
    for (status, name, verdict) in [
        (400, "invalid", HELD),
        (400, "user", HELD),
        (400, "general", HELD),
        (403, "channel_locked", PROBED),
        (403, "permissions", PROBED),
        (404, "channel", HELD),
        (501, "disabled", HELD),
        (500, "channel", RETRY),
    ] {
        let outcome = outcome("mattermost", answer(status, &error(name))).await;
        assert_eq!(outcome.verdict, verdict, "{status} {name}");
    }
    check("mattermost", &[(200, "ok", Verdict::Sent), (200, "<html>", FAILED), (400, "", FAILED)]).await;
}

#[tokio::test]
async fn mattermost_names_its_wait_in_a_header() {
    assert_limited(&outcome("mattermost", answer(429, "").insert_header("Retry-After", "3.2")).await, 4);
}

#[tokio::test]
async fn rocketchat_success_is_anything_but_its_denial() {
    check(
        "rocketchat",
        &[
            (200, r#"{"success":true}"#, Verdict::Sent),
            (200, "{}", Verdict::Sent),
            (200, "", Verdict::Sent),
            (200, r#"{"success":false}"#, FAILED),
        ],
    )
    .await;
}

#[tokio::test]
async fn rocketchat_errors_are_sentences() {
    let overriding =
        r#"{"success":false,"error":"overriding destination channel is disabled for this integration"}"#;
    let unknown_token = r#"{"success":false,"error":"Invalid integration id or token provided."}"#;
    check(
        "rocketchat",
        &[
            (400, overriding, HELD),
            (400, r#"{"success":false,"error":"invalid-channel"}"#, HELD),
            (400, r#"{"success":false,"error":"unknown-error"}"#, FAILED),
            (400, r#"{"success":false,"error":"error-running-script"}"#, FAILED),
            (404, unknown_token, HELD),
            (400, unknown_token, HELD),
            (401, r#"{"success":false}"#, PROBED),
            (503, r#"{"success":false,"error":"Service Unavailable"}"#, PROBED),
            (503, "upstream unavailable", RETRY),
        ],
    )
    .await;
}

#[tokio::test]
async fn rocketchat_names_its_wait_in_milliseconds_or_in_words() {
    let sentence = r#"{"success":false,"error":"Error, too many requests. Please slow down. You must wait 42 seconds before trying this endpoint again. [error-too-many-requests]"}"#;
    let reset = (crate::stand_in::now().as_millisecond() + 12_345).to_string();
    let with_reset = answer(429, sentence).insert_header("X-RateLimit-Reset", reset.as_str());
    assert_limited(&outcome("rocketchat", with_reset).await, 13);
    assert_limited(&outcome("rocketchat", answer(429, sentence)).await, 42);
    assert_limited(&outcome("rocketchat", answer(429, "")).await, 60);
    let past = answer(429, sentence).insert_header("X-RateLimit-Reset", "1000");
    assert_limited(&outcome("rocketchat", past).await, 42);
}

#[tokio::test]
async fn any_2xx_of_a_webhook_is_success() {
    check("webhook", &[(200, "<html>", Verdict::Sent), (202, "", Verdict::Sent), (299, "no", Verdict::Sent)])
        .await;
}

#[tokio::test]
async fn a_webhook_may_name_seconds() {
    assert_limited(&outcome("webhook", answer(429, "slow down").insert_header("Retry-After", "7")).await, 7);
    assert_eq!(outcome("webhook", answer(429, "")).await.verdict, RETRY);
}

#[tokio::test]
async fn a_webhook_may_name_a_date() {
    let date = answer(503, "").insert_header("Retry-After", "Fri, 02 Jan 2026 03:21:00 GMT");
    assert_limited(&outcome("webhook", date).await, 60);
}

#[tokio::test]
async fn a_reason_names_the_host_and_no_secret() {
    for kind in Type::ALL {
        let kind = kind.as_str();
        let echo = "no hook 0123456789secret for 0123456789abcdef0123456789abcdef, \
                    11111111-2222-3333-4444-555555555555 or token-of-ours\r\nX";
        let server = server(answer(400, &echo.repeat(20))).await;
        let destination = destination(kind, &server.uri(), &json!({}));
        let reason = deliver(&destination, &message(Kind::Opened)).await.reason.unwrap();
        assert!(reason.starts_with("127.0.0.1 answered 400: no hook "), "{kind}: {reason}");
        for secret in secrets_of(kind) {
            assert!(!reason.contains(secret), "{kind}: {reason}");
        }
        assert!(reason.len() < 600 && !reason.contains(char::is_control));
    }
}

fn secrets_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "pagerduty" => &["0123456789abcdef0123456789abcdef"],
        "opsgenie" => &["11111111-2222-3333-4444-555555555555"],
        "webhook" => &["0123456789secret", "token-of-ours"],
        _ => &["0123456789secret"],
    }
}
