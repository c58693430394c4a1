//! Whether a destination may be told anything now.

use aws::{DestinationState, DestinationStates, Table};
use jiff::{SignedDuration, Timestamp};
use notify::{Destination, Probe, Type};

/// What may be sent to a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Everything.
    Open,
    /// Nothing before this moment.
    Held(Timestamp),
    /// Nothing before it has shown that it knows the challenge secret.
    Challenge,
    /// One message, to see whether it takes messages again.
    Probe,
    /// Everything again: the settings have changed since it was suspended.
    Resume,
    /// Nothing.
    Closed,
}

impl Gate {
    /// What may be sent to `destination` at `now`.
    pub(crate) fn of(destination: &Destination, states: &DestinationStates, now: Timestamp) -> Self {
        let unknown = DestinationState::default();
        let state = states.get(&destination.id).unwrap_or(&unknown);
        let digest = destination.settings_digest();
        if !destination.is_enabled {
            return Self::Closed;
        }
        let needs_challenge = destination.asks_for_challenge() && state.passed.as_deref() != Some(digest);
        match &state.suspension {
            Some(suspension) if suspension.settings_digest != digest => Self::Resume,
            Some(suspension) if suspension.probe == Probe::Never || suspension.next_probe_at > now => {
                Self::Closed
            }
            _ if needs_challenge => Self::Challenge,
            Some(_) => Self::Probe,
            None => match held_until(destination, state, states).filter(|until| *until > now) {
                Some(until) => Self::Held(until),
                None => Self::Open,
            },
        }
    }
}

impl Gate {
    /// Whether it is open, or will be within `pause`.
    pub(crate) fn opens_within(self, pause: SignedDuration, now: Timestamp) -> bool {
        match self {
            Self::Open => true,
            Self::Held(until) => until.duration_since(now) <= pause,
            Self::Challenge | Self::Probe | Self::Resume | Self::Closed => false,
        }
    }
}

/// Until when `destination` wants nothing, or its whole kind.
pub(crate) fn held_until(
    destination: &Destination,
    state: &DestinationState,
    states: &DestinationStates,
) -> Option<Timestamp> {
    let everywhere = Table::every_discord_held_until(states).filter(|_| destination.kind() == Type::Discord);
    state.held_until.max(everywhere)
}
