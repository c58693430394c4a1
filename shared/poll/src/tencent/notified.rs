//! The notifications that Tencent sent by templates that call us: a callback that did not arrive is recorded.

use std::collections::BTreeSet;

use alert::Source;
use intake::{Kept, Tencent};
use jiff::{SignedDuration, Timestamp};
use normalize::InboundRequest;
use tencent::{Call, Notification, NotifiedPage};

use crate::tencent::keeper::Visit;
use crate::tencent::report::{Fetched, TencentPartError};

/// The account under which the watermark is kept: a key is one account's.
const ACCOUNT: &str = "monitor";
/// How much before the watermark is read once more: a notification may be listed late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);
/// How far back the first run looks.
const FIRST: SignedDuration = SignedDuration::from_hours(24);
/// How far back any run looks: how long Tencent keeps rows is unknown.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most pages of one list.
const MOST_PAGES: u32 = 500;

impl Visit<'_> {
    /// Records the callbacks of notifications since the watermark, and moves it over what is recorded.
    pub(crate) async fn fetch_notified(&self) -> Result<Fetched, TencentPartError> {
        let mut fetched = Fetched::default();
        let ours = self.our_notices().await?;
        if ours.is_empty() {
            return Ok(fetched);
        }
        let now = self.api.clock.now();
        let cursor = self.platform.table.poll_cursor(Source::Tencent, ACCOUNT).await?;
        let oldest = earlier(now, LONGEST);
        let since = cursor.watermark.map_or_else(|| earlier(now, FIRST), |at| earlier(at, OVERLAP));
        let before_secs = now.duration_since(since.clamp(oldest, now)).as_secs();
        for page in 1..=MOST_PAGES {
            let response = self.api.ask(&Call::notified(now, before_secs, page)).await?;
            let NotifiedPage { rows, is_last } = NotifiedPage::read(&response);
            for row in rows.iter().filter(|row| row.notice_ids.iter().any(|id| ours.contains(id))) {
                self.record(&mut fetched, row).await?;
            }
            if is_last {
                break;
            }
        }
        self.platform.table.advance_poll_cursor(Source::Tencent, ACCOUNT, now, None).await?;
        Ok(fetched)
    }

    /// The ids of the templates that call us; none where nobody has said under which address that is.
    async fn our_notices(&self) -> Result<BTreeSet<String>, TencentPartError> {
        let Some(public_url) = &self.platform.configuration.public_url else { return Ok(BTreeSet::new()) };
        let address = format!("{}/tencent", public_url.trim_end_matches('/'));
        let notices = self.api.notices().await?.into_iter();
        Ok(notices.filter(|notice| notice.calls(&address)).map(|notice| notice.id).collect())
    }

    async fn record(&self, fetched: &mut Fetched, row: &Notification) -> Result<(), TencentPartError> {
        if row.callbacks.is_empty() {
            fetched.without_body += 1;
        }
        for body in &row.callbacks {
            let inbound = InboundRequest::json("POST", body.clone(), row.sent_at);
            let webhook = self.platform.webhook::<Tencent>();
            match Box::pin(webhook.take(inbound)).await.map_err(TencentPartError::Record)? {
                Kept::Recorded { recorded, duplicates, .. } => {
                    fetched.recorded += recorded;
                    fetched.duplicates += duplicates;
                }
                Kept::Quarantined(_) => fetched.quarantined += 1,
            }
        }
        Ok(())
    }
}

fn earlier(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}
