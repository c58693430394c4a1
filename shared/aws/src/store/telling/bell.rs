//! One change of an alert's state, as the table's stream tells of it.

use std::collections::HashMap;

use alert::Alert;
use intake::StoreError;
use serde::Deserialize;
use serde_json::Value;

use crate::store::item::{Item, STATE, text, to_alert, unreadable};

/// The word in error messages.
const WHAT: &str = "stream record";

/// An alert before and after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bell {
    /// Before; none if it is new.
    pub old: Option<Alert>,
    /// After.
    pub new: Alert,
}

#[derive(Deserialize)]
struct Record {
    dynamodb: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    keys: serde_dynamo::Item,
    new_image: Option<serde_dynamo::Item>,
    old_image: Option<serde_dynamo::Item>,
}

impl Bell {
    /// Reads one of the `Records` of a stream's event, as Lambda gets it. `None` if it is not about an alert's state, or
    /// if that is gone.
    pub fn read(record: &Value) -> Result<Option<Self>, StoreError> {
        let Record { dynamodb } = Record::deserialize(record).map_err(unreadable(WHAT))?;
        let keys: Item = HashMap::from(dynamodb.keys);
        if text(&keys, crate::store::definition::SK) != Some(STATE) {
            return Ok(None);
        }
        let alert = |image: serde_dynamo::Item| to_alert(&HashMap::from(image));
        let Some(new) = dynamodb.new_image else { return Ok(None) };
        Ok(Some(Self { old: dynamodb.old_image.map(alert).transpose()?, new: alert(new)? }))
    }
}
