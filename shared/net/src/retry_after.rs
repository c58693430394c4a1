//! How long a server asks to be left alone.

use http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};

/// Longest wait that is believed: a day.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The wait in `Retry-After`, by RFC 9110: digits, which are seconds, or an HTTP date, which is read against `now`.
///
/// Anything else (`inf`, a sign, a fraction, a unit) is no wait. In whole seconds, rounded up, a day at most; a date in
/// the past is no time at all.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse().unwrap_or(i64::MAX);
        return Some(SignedDuration::from_secs(seconds).min(LONGEST));
    }
    let date = Timestamp::try_from(httpdate::parse_http_date(text).ok()?).ok()?;
    Some(whole_seconds(date.duration_since(now)))
}

/// `wait` rounded up to whole seconds, at least nothing and at most a day.
pub fn whole_seconds(wait: SignedDuration) -> SignedDuration {
    let up = i64::from(wait.subsec_nanos() > 0);
    SignedDuration::from_secs(wait.as_secs().saturating_add(up)).clamp(SignedDuration::ZERO, LONGEST)
}

/// A wait of `seconds` as a body names it, by the rule of [`whole_seconds`]; none if it is not a number of seconds.
pub fn wait_of_seconds(seconds: f64) -> Option<SignedDuration> {
    if !seconds.is_finite() || seconds < 0.0 {
        return None;
    }
    SignedDuration::try_from_secs_f64(seconds.min(LONGEST.as_secs_f64())).ok().map(whole_seconds)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const DAY: i64 = 86_400;

    fn wait(text: &'static str) -> Option<i64> {
        let now = "1994-11-06T08:49:00Z".parse().unwrap();
        let headers = [(header::RETRY_AFTER, HeaderValue::from_static(text))].into_iter().collect();
        retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn digits_and_dates_are_waits_and_nothing_else_is() {
        for (text, seconds) in [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("86400", Some(DAY)),
            ("86401", Some(DAY)),
            ("99999999999999999999", Some(DAY)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(37)),
            ("Sun Nov  6 08:49:37 1994", Some(37)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Sat, 06 Nov 2094 08:00:00 GMT", Some(DAY)),
            ("", None),
            ("inf", None),
            ("NaN", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("0.376", None),
            ("1e3", None),
            ("0x10", None),
            ("5s", None),
            ("1 day", None),
            ("soon", None),
            ("1, 2", None),
        ] {
            assert_eq!(wait(text), seconds, "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn a_wait_in_a_body_is_rounded_up_and_bounded() {
        let wait = |seconds| wait_of_seconds(seconds).map(|wait| wait.as_secs());
        assert_eq!(wait(0.376), Some(1));
        assert_eq!(wait(64.57), Some(65));
        assert_eq!(wait(1e300), Some(DAY));
        assert_eq!(wait(f64::INFINITY), None);
        assert_eq!(wait(f64::NAN), None);
        assert_eq!(wait(-0.5), None);
    }
}
