//! What systems that keep incidents answer, and webhooks of one's own.

use channels::Verdict;

use super::{FAILED, GONE, PROBED, answer, assert_limited, check, interpret, interpret_nth, retry};

#[test]
fn pagerduty_relies_on_the_status_only() {
    check(
        "pagerduty",
        &[
            (202, "", Verdict::Sent),
            (202, "<html>", Verdict::Sent),
            (200, r#"{"status":"success"}"#, FAILED),
            (400, r#"{"status":"invalid event","message":"Event object is invalid","errors":[]}"#, FAILED),
        ],
    );
}

#[test]
fn refused_credentials_hold_everything_in_every_dialect() {
    let of_errors = |error: &str| {
        format!(r#"{{"status":"invalid event","message":"Event object is invalid","errors":["{error}"]}}"#)
    };
    for error in ["Invalid routing key", "invalid Routing Key", "'routing_key' is missing or blank"] {
        check("pagerduty", &[(400, &of_errors(error), PROBED)]);
    }
    check("pagerduty", &[(400, &of_errors("Length of 'payload' is too long"), FAILED)]);
    check("opsgenie", &[(422, r#"{"message":"Key format is not valid!","took":0.0}"#, PROBED)]);
    check("opsgenie", &[(422, r#"{"message":"message should not exceed 130 characters"}"#, FAILED)]);
}

#[test]
fn pagerduty_is_given_thirty_seconds_and_then_three_minutes() {
    for (number, seconds) in [(1, 30), (2, 30), (3, 30), (4, 180), (5, 180)] {
        assert_limited(&interpret_nth("pagerduty", number, &Ok(answer(429, &[], ""))), seconds);
    }
    assert_limited(&interpret("pagerduty", answer(429, &[("retry-after", "90")], "")), 90);
}

#[test]
fn opsgenie_throttles_for_a_period() {
    let headers = [("x-ratelimit-state", "THROTTLED"), ("x-ratelimit-period-in-sec", "60")];
    assert_limited(&interpret("opsgenie", answer(429, &headers, "")), 60);
    let headers = [headers[0], headers[1], ("retry-after", "7")];
    assert_limited(&interpret("opsgenie", answer(429, &headers, "")), 7);
    check("opsgenie", &[(429, "", retry())]);
}

#[test]
fn jsm_answers_by_status() {
    let error = r#"{"message":"m","took":0.0,"requestId":"r-1"}"#;
    for (status, verdict) in [
        (401, PROBED),
        (402, PROBED),
        (403, PROBED),
        (404, GONE),
        (400, FAILED),
        (406, FAILED),
        (409, FAILED),
        (415, FAILED),
        (422, FAILED),
        (500, retry()),
        (503, retry()),
        (429, retry()),
    ] {
        check("jsm", &[(status, error, verdict)]);
    }
    assert_limited(&interpret("jsm", answer(429, &[("retry-after", "30")], error)), 30);
}

#[test]
fn any_2xx_of_a_webhook_is_success() {
    check("webhook", &[(200, "<html>", Verdict::Sent), (202, "", Verdict::Sent), (299, "no", Verdict::Sent)]);
}

#[test]
fn a_webhook_may_name_seconds_or_a_date() {
    assert_limited(&interpret("webhook", answer(429, &[("retry-after", "7")], "slow down")), 7);
    let date = [("retry-after", "Fri, 02 Jan 2026 03:21:00 GMT")];
    assert_limited(&interpret("webhook", answer(503, &date, "")), 60);
    check("webhook", &[(429, "", retry())]);
}
