//! `DescribeAlarmNotifyHistories`: one row for each notification that Tencent sent, channel by channel.
//!
//! The published API model has it; what `Contents` of the channel `WebHook` holds is not documented. Where it is a callback's
//! body, that body is the one that was lost.

use jiff::Timestamp;
use serde_json::Value;

/// The channel of callbacks.
const WEBHOOK: &str = "WebHook";
/// The word for what could not be sent.
const FAILED: i64 = 2;

/// A page of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotifiedPage {
    /// Its rows.
    pub rows: Vec<Notification>,
    /// Whether there is no page after it.
    pub is_last: bool,
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The templates that it was sent by.
    pub notice_ids: Vec<String>,
    /// Whether Tencent says that a callback of it failed.
    pub has_failed: bool,
    /// The bodies of its callbacks, as far as they look like one.
    pub callbacks: Vec<String>,
}

impl NotifiedPage {
    /// The rows of a response; one that names no time is left out.
    pub fn read(response: &Value) -> Self {
        let rows = response["AlarmNotifyHistoryList"].as_array().into_iter().flatten();
        let page = &response["PageResult"];
        let pages = page["TotalPage"].as_u64().unwrap_or(1);
        let current = page["CurrentPageNo"].as_u64().unwrap_or(pages);
        let is_last = page["End"].as_bool().unwrap_or(false) || current >= pages;
        Self { rows: rows.filter_map(Notification::read).collect(), is_last }
    }
}

impl Notification {
    fn read(row: &Value) -> Option<Self> {
        let sent_at = Timestamp::from_second(row["NotifyTime"].as_i64()?).ok()?;
        let notices = row["Notices"].as_array().into_iter().flatten();
        let channels = row["ChannelsReceivers"].as_array().into_iter().flatten();
        let webhooks = channels.filter(|channel| channel["ChannelName"] == WEBHOOK);
        let has_failed = webhooks.clone().any(|channel| channel["SendStatus"] == FAILED);
        let contents = webhooks.flat_map(|channel| channel["Contents"].as_array().into_iter().flatten());
        let callbacks =
            contents.filter_map(|content| content["Content"].as_str()).filter(|text| is_callback(text));
        Some(Self {
            sent_at,
            has_failed,
            notice_ids: notices.filter_map(|notice| Some(notice["NoticeId"].as_str()?.to_owned())).collect(),
            callbacks: callbacks.map(str::to_owned).collect(),
        })
    }
}

/// Whether a text is the default body of a callback: only that names its alert beyond doubt.
fn is_callback(text: &str) -> bool {
    let body: Value = serde_json::from_str(text).unwrap_or_default();
    ["alarmStatus", "alarmObjInfo", "alarmPolicyInfo"].iter().all(|name| !body[name].is_null())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_looks_like_a_callback_is_taken_for_one() {
        let body = r#"{"alarmStatus":"1","alarmObjInfo":{},"alarmPolicyInfo":{}}"#;
        let row = json!({
            "NotifyTime": 1_700_000_000, "Notices": [{ "NoticeId": "notice-1" }, {}],
            "ChannelsReceivers": [
                { "ChannelName": "EMAIL", "Contents": [{ "Content": body }] },
                { "ChannelName": "WebHook", "Contents": [{ "Content": body }, { "Content": "CPU > 0%" }, {}] },
                { "ChannelName": "WebHook", "Contents": null },
            ],
        });
        let page = NotifiedPage::read(&json!({
            "AlarmNotifyHistoryList": [row, { "NotifyTime": null }],
            "PageResult": { "TotalPage": 2, "CurrentPageNo": 1, "End": false },
        }));
        assert_eq!((page.rows.len(), page.is_last), (1, false));
        assert_eq!((page.rows[0].callbacks.len(), page.rows[0].notice_ids.len()), (1, 1));
        assert!(NotifiedPage::read(&json!({ "RequestId": "r" })).is_last);
    }
}
