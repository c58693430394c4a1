//! Uninstalling: our hooks and no others.

use crate::hook::Hook;
use crate::plan::{Change, PlannedChanges};
use crate::receiver::Location;

/// Deletes each of the `existing` hooks that delivers to `location`, whatever its token and its state.
pub fn plan(location: &Location, existing: &[Hook]) -> PlannedChanges {
    let ours = existing.iter().filter(|hook| location.owns(&hook.hook, &hook.uri));
    PlannedChanges { changes: ours.map(Change::delete).collect(), ..PlannedChanges::default() }
}
