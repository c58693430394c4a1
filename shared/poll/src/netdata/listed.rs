//! Without a token: what notifications say of the other alerts of their node.

use std::collections::BTreeMap;

use alert::{Alert, Source};
use aws::{EventFilter, PageSize};
use intake::{Recorded, StoreError};
use jiff::{SignedDuration, Timestamp};
use normalize::netdata::{ActiveOthers, UntoldEnd, active_others};

use crate::netdata::changes::{earlier, later};
use crate::netdata::keeper::NetdataKeeper;
use crate::netdata::memory::{Memory, is_fresh};
use crate::netdata::report::Ended;
use crate::netdata::states::{NODE_UNREACHABLE, end_untold, firing};

/// Between the first and the last notification that lack an alert that is over.
const APART: SignedDuration = SignedDuration::from_mins(5);
/// How long after an alert's last word a notification counts: they may overtake each other.
const SETTLED: SignedDuration = SignedDuration::from_mins(1);
/// How far back notifications are read.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// How many notifications are read at a time, and how often.
const AT_A_TIME: usize = 100;
const MOST_PAGES: usize = 20;

impl NetdataKeeper {
    /// Once an hour: ends each alert that later notifications of its node do not list.
    pub(crate) async fn end_unlisted(&self, memory: &mut Memory) -> Result<Ended, StoreError> {
        let now = self.clock.now();
        if memory.listed_at.is_some_and(|listed_at| is_fresh(listed_at, now)) {
            return Ok(Ended::default());
        }
        let open = firing(&self.platform, None).await?;
        let mut ended = Ended { open: open.len(), ended: 0 };
        if let Some(oldest) = open.iter().map(|alert| alert.last_received_at).min() {
            let lists = self.lists_since(oldest.max(earlier(now, LONGEST))).await?;
            for alert in open.iter().filter(|alert| is_over(alert, &open, &lists)) {
                let recorded = end_untold(&self.platform, alert, UntoldEnd::NotListed, now).await?;
                ended.ended += usize::from(matches!(recorded, Recorded::New(_)));
            }
        }
        memory.listed_at = Some(now);
        Ok(ended)
    }

    /// What was said of each node since `since`, newest first.
    async fn lists_since(&self, since: Timestamp) -> Result<BTreeMap<String, Vec<ActiveOthers>>, StoreError> {
        let filter = EventFilter { sources: vec![Source::Netdata], ..EventFilter::default() };
        let (mut lists, mut cursor) = (BTreeMap::<_, Vec<_>>::new(), None);
        for _ in 0..MOST_PAGES {
            let page =
                self.platform.table.events(&filter, PageSize::items(AT_A_TIME), cursor.as_ref()).await?;
            let is_last = page.entries.last().is_none_or(|entry| entry.inbound.received_at < since);
            for list in page.entries.iter().filter_map(|entry| active_others(&entry.inbound)) {
                lists.entry(list.node_id.clone()).or_default().push(list);
            }
            cursor = page.next;
            if is_last || cursor.is_none() {
                break;
            }
        }
        Ok(lists)
    }
}

/// Whether the newest notifications of the node of `alert`, for five minutes at least, list all that is active and not it.
fn is_over(alert: &Alert, open: &[Alert], lists: &BTreeMap<String, Vec<ActiveOthers>>) -> bool {
    let is_node = alert.labels.get("alertname").is_none_or(|name| name == NODE_UNREACHABLE);
    let Some(node) = alert.labels.get("node_id").filter(|_| !is_node) else { return false };
    let of_node: Vec<_> = open.iter().filter(|other| other.labels.get("node_id") == Some(node)).collect();
    let settled_at = later(alert.last_received_at, SETTLED);
    let newer = lists.get(node).into_iter().flatten().take_while(|list| list.received_at >= settled_at);
    let mut lacking = newer.take_while(|list| list.lacks(alert, &of_node)).map(|list| list.received_at);
    let Some(newest) = lacking.next() else { return false };
    lacking.last().is_some_and(|oldest| newest.duration_since(oldest) >= APART)
}
