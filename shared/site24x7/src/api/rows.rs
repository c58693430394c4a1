//! What the calls answer: thin rows for what we look into, untouched JSON for what others normalize.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::verdict::Data;
use crate::lenient::{self, Integer, Text};

/// A monitor by its id and by its present name, which is neither unique nor permanent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// Its id, exact.
    pub monitor_id: String,
    /// Its name.
    pub display_name: String,
    /// Its type, such as `URL`.
    pub monitor_type: Option<String>,
}

/// The group under which the current status tells of a monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitorGroup {
    /// Its id.
    pub group_id: Option<String>,
    /// Its name.
    pub group_name: Option<String>,
}

/// One monitor's current status.
#[derive(Debug, Clone)]
pub struct StatusRow {
    /// The monitor's id, exact; no other row has it.
    pub monitor_id: String,
    /// The group it stands under, if under any; the first of several.
    pub group: Option<MonitorGroup>,
    /// The row as it came in.
    pub row: Box<RawValue>,
}

/// An integration with another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThirdPartyService {
    /// Its id, fit to stand in a path.
    pub service_id: String,
    /// Its name, trimmed.
    pub name: String,
    /// Its type; 8 is a webhook.
    pub kind: Option<i64>,
    /// 0 is active.
    pub service_status: Option<i64>,
    /// Where it sends, if told.
    pub url: Option<String>,
}

/// An MSP customer or a business unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// What `zaaid` is set to.
    pub zaaid: String,
    /// Its name.
    pub name: String,
}

/// What a triggered test came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestAnswer {
    /// The status with which our webhook answered, if told.
    pub response_code: Option<i64>,
    /// What the vendor says about it, if anything.
    pub message: Option<String>,
}

/// The data has another shape than documented.
#[derive(Debug)]
pub(super) struct OtherShape;

/// A list of rows; no data are no rows.
pub(super) fn list<T: DeserializeOwned>(data: Data) -> Result<Vec<T>, OtherShape> {
    let Some(data) = data else { return Ok(Vec::new()) };
    serde_json::from_str(data.get()).map_err(|_| OtherShape)
}

/// An object; no data are its default.
pub(super) fn object<T: DeserializeOwned + Default>(data: Data) -> Result<T, OtherShape> {
    let Some(data) = data else { return Ok(T::default()) };
    lenient::object(data.get().as_bytes()).ok_or(OtherShape)
}

/// A member of `GET /monitors`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct MonitorRow {
    monitor_id: Text,
    display_name: Text,
    #[serde(rename = "type")]
    monitor_type: Text,
}

impl MonitorRow {
    pub(super) fn into_monitor(self) -> Option<Monitor> {
        Some(Monitor {
            monitor_id: self.monitor_id.into_inner()?,
            display_name: self.display_name.into_inner()?,
            monitor_type: self.monitor_type.into_inner(),
        })
    }
}

/// A member of `GET /third_party_services`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ServiceRow {
    service_id: Text,
    name: Text,
    #[serde(rename = "type")]
    kind: Integer,
    service_status: Integer,
    url: Text,
}

impl ServiceRow {
    pub(super) fn into_service(self) -> Option<ThirdPartyService> {
        Some(ThirdPartyService {
            service_id: self.service_id.into_inner().filter(|id| is_id(id))?,
            name: self.name.into_inner()?,
            kind: self.kind.get(),
            service_status: self.service_status.get(),
            url: self.url.into_inner(),
        })
    }
}

/// Whether it can stand in a path and in a cookie as it is.
pub(super) fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// A member of either list of customers.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CustomerRow {
    zaaid: Text,
    name: Text,
}

impl CustomerRow {
    pub(super) fn into_customer(self) -> Option<Customer> {
        let zaaid = self.zaaid.into_inner()?;
        let name = self.name.into_inner().unwrap_or_else(|| zaaid.clone());
        Some(Customer { zaaid, name })
    }
}

/// The answer to a created webhook.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CreatedService {
    service_id: Text,
}

impl CreatedService {
    pub(super) fn into_id(self) -> Option<String> {
        self.service_id.into_inner().filter(|id| is_id(id))
    }
}

/// The answer to a triggered test.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TriggeredTest {
    response_code: Integer,
    message: Text,
}

impl TriggeredTest {
    pub(super) fn into_answer(self) -> TestAnswer {
        TestAnswer {
            response_code: self.response_code.get(),
            message: self.message.into_inner(),
        }
    }
}

/// The data of `GET /current_status`: monitors by themselves, and monitors in groups.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CurrentStatus {
    monitors: Option<Vec<Box<RawValue>>>,
    monitor_groups: Option<Vec<GroupRow>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GroupRow {
    group_id: Text,
    group_name: Text,
    monitors: Option<Vec<Box<RawValue>>>,
}

/// What a row must have to say anything.
#[derive(Default, Deserialize)]
#[serde(default)]
struct StatusKeys {
    monitor_id: Text,
    status: Text,
}

impl CurrentStatus {
    /// One row per monitor, in the order in which they came; rows without `monitor_id` or `status` are left out.
    pub(super) fn into_rows(self) -> Vec<StatusRow> {
        let mut rows = Rows::default();
        for row in self.monitors.into_iter().flatten() {
            rows.add(row, None);
        }
        for group in self.monitor_groups.into_iter().flatten() {
            let named = MonitorGroup {
                group_id: group.group_id.into_inner(),
                group_name: group.group_name.into_inner(),
            };
            for row in group.monitors.into_iter().flatten() {
                rows.add(row, Some(named.clone()));
            }
        }
        rows.rows
    }
}

#[derive(Default)]
struct Rows {
    rows: Vec<StatusRow>,
    places: HashMap<String, usize>,
}

impl Rows {
    fn add(&mut self, row: Box<RawValue>, group: Option<MonitorGroup>) {
        let keys: StatusKeys = lenient::object(row.get().as_bytes()).unwrap_or_default();
        let (Some(monitor_id), Some(_)) = (keys.monitor_id.into_inner(), keys.status.into_inner()) else {
            return;
        };
        let known = self
            .places
            .get(&monitor_id)
            .and_then(|place| self.rows.get_mut(*place));
        if let Some(known) = known {
            // Told twice, by itself and in a group: one row, which knows the group.
            known.group = known.group.take().or(group);
            return;
        }
        self.places.insert(monitor_id.clone(), self.rows.len());
        self.rows.push(StatusRow {
            monitor_id,
            group,
            row,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(data: &str) -> Vec<String> {
        let data = RawValue::from_string(data.to_owned()).unwrap();
        let status: CurrentStatus = object(Some(data)).unwrap();
        let describe = |row: StatusRow| {
            let group = row.group.and_then(|group| group.group_name).unwrap_or_default();
            format!("{} {group:?} {}", row.monitor_id, row.row.get())
        };
        status.into_rows().into_iter().map(describe).collect()
    }

    #[test]
    fn monitors_are_read_by_themselves_and_in_groups_once_each_and_verbatim() {
        let data = r#"{"monitors":[{"monitor_id":"1","status":1},{"monitor_id":2,"status":"0"}],
            "monitor_groups":[{"group_id":"g","group_name":"Shop","monitors":[{"monitor_id":"2","status":0},
            {"monitor_id":123456000000025013,"status": 2}]},{"group_name":"Other","monitors":[{"monitor_id":"2","status":0}]}]}"#;
        assert_eq!(
            rows(data),
            [
                r#"1 "" {"monitor_id":"1","status":1}"#,
                r#"2 "Shop" {"monitor_id":2,"status":"0"}"#,
                r#"123456000000025013 "Shop" {"monitor_id":123456000000025013,"status": 2}"#,
            ]
        );
    }

    #[test]
    fn rows_that_say_nothing_are_left_out() {
        let data = r#"{"monitors":[{"monitor_id":"1"},{"status":1},7,null,"x",{"monitor_id":null,"status":1}],"monitor_groups":null}"#;
        assert_eq!(rows(data), Vec::<String>::new());
    }

    #[test]
    fn an_id_that_could_leave_its_path_is_no_id() {
        for id in ["", "..", "1/2", "1?x=1", "%2e"] {
            assert!(!is_id(id), "{id}");
        }
        assert!(is_id("123456000000025013"));
    }
}
