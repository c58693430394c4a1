//! One change of an alert's state, as the table's stream tells of it.

use alert::Alert;
use intake::StoreError;
use serde::Deserialize;
use serde_json::Value;

use crate::store::definition::SK;
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
struct Record<Change> {
    dynamodb: Change,
}

/// Read first and alone: most records are about something else, and their images may be large.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    keys: serde_dynamo::Item,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Images {
    new_image: Option<serde_dynamo::Item>,
    old_image: Option<serde_dynamo::Item>,
}

impl Bell {
    /// Reads one of the `Records` of a stream's event, as Lambda gets it. `None` if it is not about an alert's state, or
    /// if that is gone.
    pub fn read(record: &Value) -> Result<Option<Self>, StoreError> {
        let Record { dynamodb: Keys { keys } } = Record::deserialize(record).map_err(unreadable(WHAT))?;
        if text(&Item::from(keys), SK) != Some(STATE) {
            return Ok(None);
        }
        let Record { dynamodb: Images { new_image, old_image } } =
            Record::deserialize(record).map_err(unreadable(WHAT))?;
        let alert = |image: serde_dynamo::Item| to_alert(&Item::from(image));
        let Some(new) = new_image else { return Ok(None) };
        Ok(Some(Self { old: old_image.map(alert).transpose()?, new: alert(new)? }))
    }
}
