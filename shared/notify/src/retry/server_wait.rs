//! How long a server asks to be left alone.

use http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};

use super::{wait_of, whole_seconds};

/// The wait in `Retry-After`: whole seconds, decimal seconds, or an HTTP date, which is read against `now`.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse::<f64>() {
        Ok(seconds) => wait_of(seconds),
        Err(_) => until(text, now),
    }
}

fn until(date: &str, now: Timestamp) -> Option<SignedDuration> {
    let date = Timestamp::try_from(httpdate::parse_http_date(date).ok()?).ok()?;
    Some(whole_seconds(date.duration_since(now)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn wait(text: &'static str) -> Option<i64> {
        let now = "1994-11-06T08:49:00Z".parse().unwrap();
        let headers = [(header::RETRY_AFTER, HeaderValue::from_static(text))].into_iter().collect();
        retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait(" 0.376 "), Some(1));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(37));
        assert_eq!(wait("Sunday, 06-Nov-94 08:49:37 GMT"), Some(37));
    }

    #[test]
    fn a_date_in_the_past_is_no_wait_and_a_far_one_is_a_day() {
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(wait("Sat, 06 Nov 2094 08:00:00 GMT"), Some(86_400));
        assert_eq!(wait("99999999999999999999"), Some(86_400));
        assert_eq!(wait("inf"), Some(86_400));
    }

    #[test]
    fn what_is_no_wait_is_ignored() {
        for text in ["", "soon", "-1", "NaN", "2 minutes"] {
            assert_eq!(wait(text), None, "{text}");
        }
    }
}
