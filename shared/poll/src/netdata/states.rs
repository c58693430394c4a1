//! Once an hour: what fires here and is not active there any more is over.

use std::collections::BTreeMap;

use alert::{Alert, Condition, Source};
use aws::{AlertFilter, PageSize, Platform};
use intake::{Recorded, StoreError, record_event};
use jiff::{SignedDuration, Timestamp};
use netdata::{ActiveAlert, ActivePage, Call, MOST_ACTIVE, Node, NodeState};
use normalize::InboundRequest;
use normalize::netdata::{UntoldEnd, untold_end};
use serde_json::json;

use crate::netdata::keeper::Visit;
use crate::netdata::memory::{SpaceMemory, is_fresh};
use crate::netdata::report::{Ended, NetdataPartError};

/// How long an alert is left alone after its last word: Netdata's own view of it may be late.
const SETTLED: SignedDuration = SignedDuration::from_mins(10);
/// How many alerts are read at a time.
const AT_A_TIME: usize = 100;
/// Most pages of active alerts.
const MOST_PAGES: usize = 40;
/// The alert of a node that is not reached.
pub(crate) const NODE_UNREACHABLE: &str = "node_unreachable";

impl Visit<'_> {
    /// Ends what fires here of reachable nodes and is not active there; `None` where it is not time to look.
    pub(crate) async fn end_inactive(
        &self,
        memory: &mut SpaceMemory,
    ) -> Result<Option<Ended>, NetdataPartError> {
        let now = self.api.clock.now();
        let place = format!("{}#looked", self.space.id);
        if memory.looked_at.is_none() {
            memory.looked_at = self.platform.table.poll_cursor(Source::Netdata, &place).await?.watermark;
        }
        if memory.looked_at.is_some_and(|looked_at| is_fresh(looked_at, now)) {
            return Ok(None);
        }
        // Before Netdata is asked: what opens meanwhile is not looked for.
        let open = firing(self.platform, Some(&self.space.id)).await?;
        let mut ended = Ended { open: open.len(), ended: 0 };
        if !open.is_empty() {
            let there = self.there().await?;
            for alert in &open {
                let Some(end) = there.end_of(alert, &open, now) else { continue };
                let recorded = end_untold(self.platform, alert, end, now).await?;
                ended.ended += usize::from(matches!(recorded, Recorded::New(_)));
            }
        }
        self.platform.table.advance_poll_cursor(Source::Netdata, &place, now, None).await?;
        memory.looked_at = Some(now);
        Ok(Some(ended))
    }

    async fn there(&self) -> Result<There, NetdataPartError> {
        let nodes = self.api.ask(&Call::nodes(self.space, self.room), Node::read_all).await?;
        let mut there = There {
            nodes: nodes.into_iter().map(|node| (node.id.clone(), node)).collect(),
            ..There::default()
        };
        for _ in 0..MOST_PAGES {
            let call = Call::active(self.space, self.room, there.active.len() + there.unreadable);
            let ActivePage { alerts, unreadable } = self.api.ask(&call, ActivePage::read).await?;
            let count = alerts.len() + unreadable;
            there.unreadable += unreadable;
            // Where the place to begin at is not heeded the same page comes again.
            let is_again = alerts.iter().all(|alert| there.active.contains(alert));
            there.active.extend(alerts);
            if count < MOST_ACTIVE || is_again {
                break;
            }
        }
        Ok(there)
    }
}

/// What Netdata Cloud says of now.
#[derive(Default)]
struct There {
    nodes: BTreeMap<String, Node>,
    active: Vec<ActiveAlert>,
    unreadable: usize,
}

impl There {
    /// How `alert`, one of the `open` ones, ended; `None` where there is any doubt.
    fn end_of(&self, alert: &Alert, open: &[Alert], now: Timestamp) -> Option<UntoldEnd> {
        let is_settled = now.duration_since(alert.last_seen.max(alert.last_received_at)) >= SETTLED;
        let node = self.nodes.get(alert.labels.get("node_id")?)?;
        if !is_settled || node.state != NodeState::Reachable {
            return None;
        }
        let name = alert.labels.get("alertname")?;
        if name == NODE_UNREACHABLE {
            return Some(UntoldEnd::Reached);
        }
        let listed = || self.active.iter().filter(|active| active.node_id == node.id);
        // Netdata counts what is active on a node, too: a list of fewer is not whole.
        let is_whole =
            self.unreadable == 0 && node.active.is_none_or(|count| listed().count() as u64 >= count);
        let is_anothers = |active: &ActiveAlert| {
            let others = open.iter().filter(|other| other.fingerprint != alert.fingerprint);
            others
                .filter(|other| other.labels.get("node_id") == Some(&node.id))
                .any(|other| is_of(active, other))
        };
        let may_be_it =
            |active: &ActiveAlert| active.name == *name && (is_of(active, alert) || !is_anothers(active));
        (is_whole && !listed().any(may_be_it)).then_some(UntoldEnd::NotActive)
    }
}

/// Whether `active` is `alert`, beyond doubt.
fn is_of(active: &ActiveAlert, alert: &Alert) -> bool {
    let chart = alert.labels.get("chart");
    alert.labels.get("alertname") == Some(&active.name)
        && chart.is_some_and(|chart| active.instances.contains(chart))
}

/// The alerts of Netdata that fire, of all accounts or of one.
pub(crate) async fn firing(platform: &Platform, account: Option<&str>) -> Result<Vec<Alert>, StoreError> {
    let filter = AlertFilter {
        conditions: vec![Condition::Firing],
        sources: vec![Source::Netdata],
        accounts: account.map(str::to_owned).into_iter().collect(),
        ..AlertFilter::default()
    };
    let (mut firing, mut cursor) = (Vec::new(), None);
    loop {
        let page = platform.table.alerts(&filter, PageSize::items(AT_A_TIME), cursor.as_ref()).await?;
        firing.extend(page.alerts);
        cursor = page.next;
        if cursor.is_none() {
            return Ok(firing);
        }
    }
}

/// Ends `alert`, as was found at `now`.
pub(crate) async fn end_untold(
    platform: &Platform,
    alert: &Alert,
    end: UntoldEnd,
    now: Timestamp,
) -> Result<Recorded, StoreError> {
    let inbound = InboundRequest::json("GET", json!({ "untold_end": format!("{end:?}") }).to_string(), now);
    let (_, recorded) = record_event(&*platform.table, untold_end(alert, end, now), &inbound).await?;
    Ok(recorded)
}
