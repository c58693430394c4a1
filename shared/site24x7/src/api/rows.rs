//! What the calls answer: thin rows for what we look into, untouched JSON for what others normalize.

use serde::Deserialize;
use serde::de::DeserializeOwned;

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
    /// Where it sends, if stated.
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
    /// The status with which our webhook answered, if stated.
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
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
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
        TestAnswer { response_code: self.response_code.get(), message: self.message.into_inner() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_leave_its_path_is_no_id() {
        for id in ["", "..", "1/2", "1?x=1", "%2e"] {
            assert!(!is_id(id), "{id}");
        }
        assert!(is_id("123456000000025013"));
    }
}
