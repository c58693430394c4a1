//! What reading a stored request again came to.

use schemars::JsonSchema;
use serde::Serialize;

/// What was recorded of a request that was read again.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Replayed {
    /// How many of its events were new.
    recorded: usize,
    /// How many were known already.
    duplicates: usize,
}

impl From<intake::Replayed> for Replayed {
    fn from(intake::Replayed { recorded, duplicates }: intake::Replayed) -> Self {
        Self { recorded, duplicates }
    }
}
