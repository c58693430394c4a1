//! `DescribeAlarmHistories`: one row for each life of an alarm.
//!
//! <https://www.tencentcloud.com/document/product/248/51041>

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::call::PAGE_SIZE;

/// A page of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// Its rows.
    pub rows: Vec<AlarmHistory>,
    /// Whether there is no page after it.
    pub is_last: bool,
}

/// One life of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmHistory {
    /// The policy.
    pub policy_id: String,
    /// When it began.
    pub first_occurred_at: Timestamp,
    /// When it was last seen; of one that recovered, when it did.
    pub last_occurred_at: Timestamp,
    /// What became of it.
    pub status: AlarmStatus,
    /// The object in words, such as `10.0.0.1 (内) | web-1 | 基础网络`.
    pub object: String,
    /// What distinguishes objects, where the row says so.
    pub dimensions: BTreeMap<String, String>,
    /// The metric in Tencent's spelling of this API, which is not the callback's.
    pub metric: String,
}

/// What became of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmStatus {
    /// It goes on, or has a status that nobody knows.
    Alarm,
    /// It recovered.
    Ok,
    /// Nobody watches any more: the policy or its binding is gone.
    Void,
    /// There are no data to decide by.
    NoData,
}

/// A row as it is written; a member may be null.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    policy_id: Option<String>,
    first_occur_time: Option<i64>,
    last_occur_time: Option<i64>,
    alarm_status: Option<Value>,
    alarm_object: Option<String>,
    dimensions: Option<String>,
    internal_dimensions: Option<String>,
    metric_name: Option<String>,
}

impl HistoryPage {
    /// The rows of a response; one that makes no sense is left out.
    pub fn read(response: &Value) -> Self {
        let rows = response["Histories"].as_array().into_iter().flatten();
        let is_last = rows.clone().count() < PAGE_SIZE;
        Self { rows: rows.filter_map(AlarmHistory::read).collect(), is_last }
    }
}

impl AlarmHistory {
    fn read(row: &Value) -> Option<Self> {
        let row = Written::deserialize(row).ok()?;
        let first_occurred_at = Timestamp::from_second(row.first_occur_time?).ok()?;
        let last = row.last_occur_time.and_then(|second| Timestamp::from_second(second).ok());
        let mut dimensions = pairs(row.internal_dimensions.as_deref());
        dimensions.extend(members(row.dimensions.as_deref()));
        Some(Self {
            policy_id: row.policy_id?,
            first_occurred_at,
            last_occurred_at: last.unwrap_or(first_occurred_at).max(first_occurred_at),
            status: AlarmStatus::of(row.alarm_status.as_ref()),
            object: row.alarm_object.unwrap_or_default(),
            dimensions,
            metric: row.metric_name.unwrap_or_default(),
        })
    }
}

impl AlarmStatus {
    fn of(status: Option<&Value>) -> Self {
        match status.and_then(Value::as_str) {
            Some("OK") => Self::Ok,
            Some("NO_CONF") => Self::Void,
            Some("NO_DATA") => Self::NoData,
            _ => Self::Alarm,
        }
    }
}

/// A JSON object within a text.
fn members(text: Option<&str>) -> BTreeMap<String, String> {
    let object = text.and_then(|text| serde_json::from_str::<Value>(text).ok()).unwrap_or_default();
    let members = object.as_object().into_iter().flatten();
    members.filter_map(|(name, value)| Some((name.clone(), scalar(value)?))).collect()
}

/// A JSON list of `{"Name", "Value"}` within a text.
fn pairs(text: Option<&str>) -> BTreeMap<String, String> {
    let list = text.and_then(|text| serde_json::from_str::<Value>(text).ok()).unwrap_or_default();
    let pairs = list.as_array().into_iter().flatten();
    pairs.filter_map(|pair| Some((scalar(&pair["Name"])?, scalar(&pair["Value"])?))).collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_is_read_whatever_of_it_is_null() {
        let page = HistoryPage::read(&json!({ "TotalCount": 3, "Histories": [
            {
                "PolicyId": "policy-1", "FirstOccurTime": 1_700_000_000, "LastOccurTime": 1_700_000_600,
                "AlarmStatus": "NO_CONF", "AlarmObject": "10.0.0.1 | web-1", "MetricName": "CPUUsage",
                "Dimensions": "{\"unInstanceId\":\"ins-1\"}",
                "InternalDimensions": "[{\"Name\":\"vm_uuid\",\"Value\":\"u1\"}]",
            },
            { "PolicyId": "policy-1", "FirstOccurTime": 1_700_000_000, "AlarmStatus": "2", "Dimensions": null },
            { "PolicyId": null, "FirstOccurTime": 1 }, "nonsense",
        ] }));
        assert_eq!((page.rows.len(), page.is_last), (2, true));
        let [void, odd] = page.rows.try_into().unwrap();
        assert_eq!(void.status, AlarmStatus::Void);
        let dimensions: Vec<_> =
            void.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(dimensions, ["unInstanceId=ins-1", "vm_uuid=u1"]);
        assert_eq!((odd.status, odd.last_occurred_at), (AlarmStatus::Alarm, odd.first_occurred_at));
        assert!(HistoryPage::read(&json!({ "Histories": null })).rows.is_empty());
    }
}
