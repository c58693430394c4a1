//! Which row of Tencent's history is an alert's, where that is beyond doubt.

use alert::Alert;
use tencent::AlarmHistory;

/// What the labels of an alert's object begin with.
const DIMENSION: &str = "dim_";

/// The one of `rows` that is `alert`'s: of its policy and its beginning, and if several are, of its object and its metric.
/// `None` where none or more than one remains. Nothing that both name may differ.
pub(crate) fn pair<'a>(alert: &Alert, rows: &'a [AlarmHistory]) -> Option<&'a AlarmHistory> {
    let policy_id = alert.labels.get("policy_id")?;
    let mut rows: Vec<_> = rows
        .iter()
        .filter(|row| row.policy_id == *policy_id && Some(row.first_occurred_at) == alert.started_at)
        .filter(|row| !contradicts(alert, row))
        .collect();
    if rows.len() > 1 {
        rows.retain(|row| is_of_object(alert, row));
    }
    if rows.len() > 1 {
        rows.retain(|row| is_of_metric(alert, row));
    }
    match rows.as_slice() {
        [row] => Some(row),
        _ => None,
    }
}

/// Whether both name a dimension and say different things of it.
fn contradicts(alert: &Alert, row: &AlarmHistory) -> bool {
    row.dimensions.iter().any(|(key, value)| dimension(alert, key).is_some_and(|known| known != value))
}

fn is_of_object(alert: &Alert, row: &AlarmHistory) -> bool {
    let is_shared = row.dimensions.iter().any(|(key, value)| dimension(alert, key) == Some(value));
    is_shared || alert.resource.as_ref().is_some_and(|resource| row.object.contains(resource.as_str()))
}

/// The spelling differs: `cpu_usage` here is `CPUUsage` there.
fn is_of_metric(alert: &Alert, row: &AlarmHistory) -> bool {
    let plain = |text: &str| text.to_lowercase().replace('_', "");
    alert.labels.get("alertname").is_some_and(|metric| plain(metric) == plain(&row.metric))
}

fn dimension<'a>(alert: &'a Alert, key: &str) -> Option<&'a String> {
    let name: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    alert.labels.get(&format!("{DIMENSION}{name}"))
}
