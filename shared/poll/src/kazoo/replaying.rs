//! What was tried in vain, read since the watermark and recorded as if it had come.

use std::collections::{HashMap, HashSet};

use alert::Source;
use intake::{Kazoo, Kept, without_token};
use jiff::{SignedDuration, Timestamp};
use kazoo::{Attempt, AttemptRange, HookId, Page};
use net::Secret;
use normalize::InboundRequest;

use crate::kazoo::report::{PartError, Replayed};
use crate::kazoo::visit::Visit;

/// How much before the watermark is read once more: the tries of one event take that long.
const OVERLAP: SignedDuration = SignedDuration::from_secs(60);
/// How far back the first run looks.
const FIRST: SignedDuration = SignedDuration::from_hours(24);
/// KAZOO refuses 31 days and more.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24 - 1);
/// The headers that the webhook keeps.
const HEADERS: [&str; 2] = ["x-hook-id", "x-account-id"];

/// All tries of one event by one hook have these in common.
type EventKey = (Option<HookId>, String);

/// What a run has read so far.
#[derive(Default)]
struct ReplayProgress {
    replayed: Replayed,
    /// Bodies, for a last entry that has none.
    bodies: HashMap<EventKey, Secret>,
    /// Events that are dealt with: a second is read more than once where a page breaks inside it.
    done: HashSet<EventKey>,
}

impl Visit<'_> {
    /// Records what our hooks tried to deliver in vain since the watermark, and moves it over what is recorded.
    pub(crate) async fn replay_attempts(&self) -> Result<Replayed, PartError> {
        let now = self.clock.now();
        let mut from = self.since(now).await?;
        // What KAZOO's clock has ahead of ours is read once ours has come there: nothing is received before it is now.
        let to = now;
        let mut progress = ReplayProgress::default();
        loop {
            let page = self.account.client.oldest_attempts(AttemptRange { from, to }).await?;
            let (page, goes_on_at) = self.whole_page(page, from, to).await?;
            self.record(&mut progress, &page.entries).await?;
            let Some(next) = goes_on_at else {
                // By the clock that wrote the entries, where it shows: what it writes next may else lie before the watermark.
                let read_up_to = page.answered_at.map_or(now, |answered_at| answered_at.min(now));
                self.advance(read_up_to).await?;
                return Ok(progress.replayed);
            };
            self.advance(next.min(now)).await?;
            from = next;
        }
    }

    /// From when on attempts are read.
    async fn since(&self, now: Timestamp) -> Result<Timestamp, PartError> {
        let cursor = self.platform.table.poll_cursor(Source::Kazoo, self.account_id).await?;
        let Some(watermark) = cursor.watermark else { return Ok(earlier(now, FIRST)) };
        let oldest = earlier(now, LONGEST);
        if watermark < oldest {
            tracing::warn!(
                source = %Source::Kazoo, %watermark, %oldest,
                "kazoo shows attempts of 31 days: those before are not replayed"
            );
        }
        Ok(earlier(watermark, OVERLAP).clamp(oldest, now))
    }

    /// `page` of what begins at `from`, and where the next one begins. A second that has more than a page of entries is read
    /// whole, and so is everything where the server knows no order but its own.
    async fn whole_page(
        &self,
        page: Page<Attempt>,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Page<Attempt>, Option<Timestamp>), PartError> {
        if page.next.is_none() {
            return Ok((page, None));
        }
        let times: Vec<_> = page.entries.iter().filter_map(|attempt| attempt.at).collect();
        let (Some(first), Some(last)) = (times.first().copied(), times.last().copied()) else {
            return Ok((self.account.client.all_attempts(AttemptRange { from, to }).await?, None));
        };
        if !times.is_sorted() {
            return Ok((self.account.client.all_attempts(AttemptRange { from, to }).await?, None));
        }
        if first < last {
            return Ok((page, Some(last)));
        }
        let second = AttemptRange { from: last, to: last };
        let whole = self.account.client.all_attempts(second).await?;
        Ok((whole, Some(later(last, SignedDuration::from_secs(1)))))
    }

    async fn record(&self, progress: &mut ReplayProgress, attempts: &[Attempt]) -> Result<(), PartError> {
        for attempt in attempts.iter().filter(|attempt| self.is_ours(attempt)) {
            let key = attempt.event_id.clone().map(|event_id| (attempt.hook_id.clone(), event_id));
            if let (Some(key), Some(body)) = (&key, &attempt.request_body) {
                progress.bodies.entry(key.clone()).or_insert_with(|| body.clone());
            }
            if !attempt.is_final_failure() || key.as_ref().is_some_and(|key| progress.done.contains(key)) {
                continue;
            }
            let body = attempt.request_body.as_ref().or_else(|| progress.bodies.get(key.as_ref()?));
            match inbound(attempt, body) {
                Some(inbound) => self.take(&mut progress.replayed, inbound).await?,
                None => progress.replayed.without_body += 1,
            }
            progress.done.extend(key);
        }
        Ok(())
    }

    async fn take(&self, replayed: &mut Replayed, inbound: InboundRequest) -> Result<(), PartError> {
        let webhook = self.platform.webhook::<Kazoo>();
        match Box::pin(webhook.take(inbound)).await.map_err(PartError::Record)? {
            Kept::Recorded { recorded, duplicates, .. } => {
                replayed.recorded += recorded;
                replayed.duplicates += duplicates;
            }
            Kept::Quarantined(_) => replayed.quarantined += 1,
        }
        Ok(())
    }

    fn is_ours(&self, attempt: &Attempt) -> bool {
        attempt.uri.as_ref().is_some_and(|uri| self.account.location.receives(uri))
    }

    async fn advance(&self, watermark: Timestamp) -> Result<(), PartError> {
        let table = &self.platform.table;
        Ok(table.advance_poll_cursor(Source::Kazoo, self.account_id, watermark, None).await?)
    }
}

/// The delivery as it would have come; `None` where KAZOO does not keep what it said, or when.
fn inbound(attempt: &Attempt, body: Option<&Secret>) -> Option<InboundRequest> {
    let uri = attempt.uri.as_ref()?.expose();
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let body = body.map(|body| body.expose().as_bytes().to_vec()).unwrap_or_default();
    // Of a GET the event would stand behind our own `hook=…`.
    let says_something = if attempt.method == "GET" { query.contains(['&', '?']) } else { !body.is_empty() };
    if !says_something {
        return None;
    }
    let mut headers = attempt.headers.clone();
    let content_type = headers.remove("content-type");
    headers.retain(|name, _| HEADERS.contains(&name.as_str()));
    if let Some(hook_id) = &attempt.hook_id {
        headers.entry(HEADERS[0].to_owned()).or_insert_with(|| hook_id.to_string());
    }
    Some(InboundRequest {
        method: attempt.method.clone(),
        query: without_token(query),
        content_type,
        headers,
        body,
        received_at: attempt.at?,
    })
}

fn earlier(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
