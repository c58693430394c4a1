//! Whether a destination may be notified now.

use channels::Probe;
use jiff::Timestamp;

use crate::{Destination, DestinationState, Suspension};

/// After so many failures in a row one notification at a time is tried.
const CAUTIOUS_AFTER: u32 = 3;

/// What may be sent to a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// Everything.
    Open,
    /// One notification at a time, and none after a failure: it has failed lately.
    Cautious,
    /// Nothing before this moment.
    Held(Timestamp),
    /// Nothing before it has shown that it is whom the settings mean.
    Ownership,
    /// One notification, to see whether it takes any again.
    Probe,
    /// Nothing.
    Closed,
}

/// Why `destination` is suspended; a suspension under other settings counts no more.
pub(crate) fn suspension<'a>(
    destination: &Destination,
    state: &'a DestinationState,
) -> Option<&'a Suspension> {
    state.suspension.as_ref().filter(|suspension| suspension.settings_digest == destination.settings_digest)
}

/// What may be sent to `destination`, which fares like `state`, at `now`; `scope` is what holds for all that share its
/// rate limit.
pub fn availability(
    destination: &Destination,
    state: &DestinationState,
    scope: Option<&DestinationState>,
    now: Timestamp,
) -> Availability {
    if !destination.is_enabled {
        return Availability::Closed;
    }
    let digest = destination.settings_digest.as_str();
    let suspension = suspension(destination, state);
    if let Some(suspension) = suspension
        && (suspension.probe == Probe::Never || suspension.next_probe_at > now)
    {
        return Availability::Closed;
    }
    let own = state.held_until.filter(|_| state.held_digest == digest);
    let held = own.max(scope.and_then(|scope| scope.held_until)).filter(|until| *until > now);
    if let Some(until) = held {
        return Availability::Held(until);
    }
    if destination.channel.ownership().is_some() && state.passed.as_deref() != Some(digest) {
        return Availability::Ownership;
    }
    if suspension.is_some() {
        return Availability::Probe;
    }
    if state.failures >= CAUTIOUS_AFTER { Availability::Cautious } else { Availability::Open }
}
