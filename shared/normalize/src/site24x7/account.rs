//! The account of an event, which no payload names: the secret that the sender presented says it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::data_center::{DataCenter, UnknownDataCenter};
use crate::value::field;

/// The data centre that most accounts live in.
const DEFAULT: DataCenter = DataCenter::Us;

/// What a source's secret says of the account, trimmed, blanks left out. Webhook and poller both ask here, so that
/// they agree.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "Map<String, Value>")]
pub struct AccountNames {
    /// `account`: what the operator calls it.
    pub account: Option<String>,
    /// `zaaid`: the MSP customer or business unit.
    pub zaaid: Option<String>,
    /// `data_center` or `zohoAccountTLD`, as spelt.
    pub data_center: Option<String>,
}

impl AccountNames {
    /// The `account` of every event: as configured, else the zaaid, else the data centre's code, else `us`.
    pub fn name(&self) -> Result<String, UnknownDataCenter> {
        if let Some(named) = self.account.as_ref().or(self.zaaid.as_ref()) {
            return Ok(named.clone());
        }
        let data_center = self.data_center.as_deref().map(str::parse).transpose()?;
        Ok(data_center.unwrap_or(DEFAULT).code().to_owned())
    }
}

impl From<Map<String, Value>> for AccountNames {
    /// Reads the members of a secret; ids may be numbers.
    fn from(members: Map<String, Value>) -> Self {
        Self {
            account: field(&members, "account"),
            zaaid: field(&members, "zaaid"),
            data_center: field(&members, "data_center").or_else(|| field(&members, "zohoAccountTLD")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn name(secret: &Value) -> Result<String, UnknownDataCenter> {
        AccountNames::from(secret.as_object().unwrap().clone()).name()
    }

    #[test]
    fn the_configured_name_wins_then_the_zaaid_then_the_data_centre() {
        let all = json!({ "account": " shop ", "zaaid": 658_123_456, "data_center": "eu" });
        assert_eq!(name(&all).unwrap(), "shop");
        let unnamed = json!({ "account": " ", "zaaid": 658_123_456, "data_center": "eu" });
        assert_eq!(name(&unnamed).unwrap(), "658123456");
        assert_eq!(name(&json!({})).unwrap(), "us");
    }

    #[test]
    fn every_spelling_of_a_data_centre_is_one_account() {
        for spelling in ["au", ".net.au", "COM.AU", " .au "] {
            assert_eq!(name(&json!({ "data_center": spelling })).unwrap(), "au", "{spelling}");
            assert_eq!(name(&json!({ "zohoAccountTLD": spelling })).unwrap(), "au", "{spelling}");
        }
        assert!(name(&json!({ "data_center": ".xyz" })).is_err());
    }
}
