//! The alarms that fire here: what ended at Tencent is ended.

use alert::{Alert, Condition, Source};
use aws::{AlertFilter, PageSize};
use intake::{Recorded, record_event};
use jiff::{SignedDuration, Timestamp};
use normalize::InboundRequest;
use normalize::tencent::{HistoryEnd, ended, has_history};
use serde_json::json;
use tencent::{AlarmStatus, Call, HistoryPage};

use crate::tencent::keeper::Visit;
use crate::tencent::pairing::pair;
use crate::tencent::report::{Ended, TencentPartError};

/// How long a callback may be under way before the history is asked instead.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
/// How many alerts are read at a time.
const AT_A_TIME: usize = 100;
/// Most pages of one alarm's rows.
const MOST_PAGES: u32 = 10;

impl Visit<'_> {
    /// Asks for the life of each alarm that fires here, and ends those that ended.
    pub(crate) async fn end_open(&self) -> Result<Ended, TencentPartError> {
        let mut counts = Ended::default();
        let now = self.api.clock.now();
        let firing = self.firing().await?;
        for alert in firing.iter().filter(|alert| has_history(alert)) {
            counts.open += 1;
            let Some((end, at)) = self.end_of(alert).await? else { continue };
            if now.duration_since(at) < PATIENCE {
                continue;
            }
            if matches!(self.record_end(alert, end, at).await?, Recorded::New(_)) {
                match end {
                    HistoryEnd::Recovered => counts.recovered += 1,
                    HistoryEnd::Void => counts.void += 1,
                }
            }
        }
        Ok(counts)
    }

    /// Every alert of Tencent that fires here.
    async fn firing(&self) -> Result<Vec<Alert>, TencentPartError> {
        let filter = AlertFilter {
            conditions: vec![Condition::Firing],
            sources: vec![Source::Tencent],
            ..AlertFilter::default()
        };
        let (mut firing, mut cursor) = (Vec::new(), None);
        loop {
            let page =
                self.platform.table.alerts(&filter, PageSize::items(AT_A_TIME), cursor.as_ref()).await?;
            firing.extend(page.alerts);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(firing);
            }
        }
    }

    /// How the one row that is `alert`'s says that it ended.
    async fn end_of(&self, alert: &Alert) -> Result<Option<(HistoryEnd, Timestamp)>, TencentPartError> {
        let (Some(policy_id), Some(began_at)) = (alert.labels.get("policy_id"), alert.started_at) else {
            return Ok(None);
        };
        let mut rows = Vec::new();
        for page in 1..=MOST_PAGES {
            let response = self.api.ask(&Call::histories_of(policy_id, began_at, page)).await?;
            let page = HistoryPage::read(&response);
            rows.extend(page.rows);
            if page.is_last {
                break;
            }
        }
        Ok(pair(alert, &rows).and_then(|row| match row.status {
            AlarmStatus::Ok => Some((HistoryEnd::Recovered, row.last_occurred_at)),
            AlarmStatus::Void => Some((HistoryEnd::Void, row.last_occurred_at)),
            AlarmStatus::Alarm | AlarmStatus::NoData => None,
        }))
    }

    async fn record_end(
        &self,
        alert: &Alert,
        end: HistoryEnd,
        at: Timestamp,
    ) -> Result<Recorded, TencentPartError> {
        // What Tencent's history says is the request; it has no form that a callback has.
        let said = json!({ "history": { "status": format!("{end:?}"), "last_occurred_at": at.as_second() } });
        let inbound = InboundRequest::json("GET", said.to_string(), self.api.clock.now());
        let at = at.max(alert.started_at.unwrap_or(at));
        let (_, recorded) = record_event(&*self.platform.table, ended(alert, end, at), &inbound).await?;
        Ok(recorded)
    }
}
