//! What answers mean where a destination names nothing else, and how a type says what it makes of them.

use jiff::{SignedDuration, Timestamp};
use net::{HttpAnswer, Unanswered, retry_after, whole_seconds};

use crate::{Hold, HoldScope, Interpretation, Memory, Next, Probe, Progress, Verdict};

/// Longest wait that a system in trouble (503 and its like) is believed, then it is probed.
const LONGEST_OUTAGE: SignedDuration = SignedDuration::from_mins(15);
/// Longest wait that a rate limit (429) is believed.
const LONGEST_LIMIT: SignedDuration = SignedDuration::from_hours(1);

impl Interpretation {
    const fn of(next: Next) -> Self {
        Self { next, hold: None, memory: None, shared_memory: None, receipt: None }
    }

    pub(crate) const fn sent() -> Self {
        Self::of(Next::End(Verdict::Sent))
    }

    pub(crate) const fn failed() -> Self {
        Self::of(Next::End(Verdict::Failed))
    }

    pub(crate) const fn suspended(probe: Probe) -> Self {
        Self::of(Next::End(Verdict::Suspended(probe)))
    }

    /// Another request belongs to it, at once.
    pub(crate) const fn request(progress: Progress) -> Self {
        Self::request_after(SignedDuration::ZERO, progress)
    }

    /// Another request belongs to it, after `wait`.
    pub(crate) const fn request_after(wait: SignedDuration, progress: Progress) -> Self {
        Self::of(Next::Request { progress, wait })
    }

    /// Again from the start, by the schedule.
    pub(crate) fn retry() -> Self {
        Self::retry_from(Progress::default(), None)
    }

    pub(crate) const fn retry_from(from: Progress, wait: Option<SignedDuration>) -> Self {
        Self::of(Next::End(Verdict::Retry { from, wait }))
    }

    /// Again from the start, and nothing to this destination before `wait`, an hour at most, is over.
    pub(crate) fn limited(wait: Option<SignedDuration>) -> Self {
        Self::held(wait.map(|wait| wait.min(LONGEST_LIMIT)), HoldScope::Destination)
    }

    /// The same for everybody of `scope`.
    pub(crate) fn limited_everywhere(wait: SignedDuration, scope: &str) -> Self {
        Self::held(Some(wait.min(LONGEST_LIMIT)), HoldScope::Everyone(scope.to_owned()))
    }

    fn held(wait: Option<SignedDuration>, scope: HoldScope) -> Self {
        let wait = wait.map(whole_seconds);
        let hold = wait.map(|wait| Hold { scope, wait, is_trouble: true });
        Self { hold, ..Self::retry_from(Progress::default(), wait) }
    }

    /// What the status alone says, with the wait in `Retry-After`.
    pub(crate) fn by_status(answer: &HttpAnswer, now: Timestamp) -> Self {
        let wait = || retry_after(&answer.headers, now);
        let short_wait = || wait().map(|wait| wait.min(LONGEST_OUTAGE));
        match answer.status {
            429 => Self::limited(wait()),
            503 => Self::held(short_wait(), HoldScope::Destination),
            300..=399 | 401..=405 | 410 | 501 | 505 => Self::suspended(Probe::Hourly),
            408 | 425 | 500..=599 => Self::retry_from(Progress::default(), short_wait()),
            _ => Self::failed(),
        }
    }

    /// What a missing answer means; a retry begins at `from`.
    pub(crate) fn unanswered(unanswered: &Unanswered, from: Progress) -> Self {
        match unanswered {
            Unanswered::Denied(_) => Self::suspended(Probe::Never),
            Unanswered::Connect(_) | Unanswered::Timeout | Unanswered::Broken(_) | Unanswered::TooLong(_) => {
                Self::retry_from(from, None)
            }
        }
    }

    /// A success whose body counts: one that was cut off says nothing, anything but `is_ok` says no.
    pub(crate) fn by_body(answer: &HttpAnswer, is_ok: bool) -> Self {
        match (is_ok, answer.is_complete) {
            (true, _) => Self::sent(),
            (false, false) => Self::retry(),
            (false, true) => Self::failed(),
        }
    }

    /// The same, but a retry begins at `from`.
    #[must_use]
    pub(crate) fn resuming(mut self, progress: &Progress) -> Self {
        if let Next::End(Verdict::Retry { from, .. }) = &mut self.next {
            from.clone_from(progress);
        }
        self
    }

    /// The same with the channel's own pace: nothing more to this destination before `wait` is over.
    #[must_use]
    pub(crate) fn pacing(mut self, wait: Option<SignedDuration>) -> Self {
        let pause =
            |wait| Hold { scope: HoldScope::Destination, wait: whole_seconds(wait), is_trouble: false };
        self.hold = wait.map(pause);
        self
    }

    #[must_use]
    pub(crate) fn remembering(self, memory: Memory) -> Self {
        Self { memory: Some(memory), ..self }
    }

    #[must_use]
    pub(crate) fn sharing(self, memory: Memory) -> Self {
        Self { shared_memory: Some(memory), ..self }
    }

    #[must_use]
    pub(crate) fn with_receipt(self, receipt: Option<String>) -> Self {
        Self { receipt, ..self }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::*;

    fn by_status(status: u16, wait: Option<&'static str>) -> Interpretation {
        let mut headers = HeaderMap::new();
        if let Some(wait) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(wait));
        }
        Interpretation::by_status(&HttpAnswer::new(status, headers, ""), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn every_status_has_its_class() {
        for status in [408, 425, 429, 500, 502, 503, 504, 506, 599] {
            assert_eq!(by_status(status, None), Interpretation::retry(), "{status}");
        }
        for status in [400, 406, 407, 409, 413, 415, 418, 422, 451, 204] {
            assert_eq!(by_status(status, None), Interpretation::failed(), "{status}");
        }
        for status in [301, 302, 304, 307, 308, 401, 402, 403, 404, 405, 410, 501, 505] {
            assert_eq!(by_status(status, None), Interpretation::suspended(Probe::Hourly), "{status}");
        }
    }

    #[test]
    fn a_wait_is_kept_and_capped_and_holds_the_destination_where_it_is_the_destinations() {
        for (status, header, wait, holds) in [
            (429, "7", Some(7), true),
            (429, "80000", Some(3600), true),
            (503, "60", Some(60), true),
            (503, "80000", Some(900), true),
            (500, "80000", Some(900), false),
            (408, "5", Some(5), false),
            (429, "inf", None, false),
            (429, "-1", None, false),
            (429, "1.5", None, false),
            (503, "1 day", None, false),
        ] {
            let interpretation = by_status(status, Some(header));
            let wait = wait.map(SignedDuration::from_secs);
            let next = Next::End(Verdict::Retry { from: Progress::default(), wait });
            assert_eq!(interpretation.next, next, "{status} {header}");
            let hold = wait.filter(|_| holds);
            assert_eq!(interpretation.hold.map(|hold| hold.wait), hold, "{status} {header}");
        }
    }

    #[test]
    fn only_a_denied_address_is_not_probed() {
        let of = |unanswered| Interpretation::unanswered(&unanswered, Progress::default());
        let never = Interpretation::suspended(Probe::Never);
        assert_eq!(of(Unanswered::Denied("x".to_owned())), never);
        assert_eq!(of(Unanswered::Timeout), Interpretation::retry());
        assert_eq!(of(Unanswered::Connect("x".to_owned())), Interpretation::retry());
        assert_eq!(of(Unanswered::Broken("x".to_owned())), Interpretation::retry());
    }
}
