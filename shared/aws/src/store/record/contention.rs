//! What repeats and loses races steps aside.

use alert::AlertEvent;

use crate::store::repeat::Repeat;
use crate::store::retry::pause;
use crate::store::state::Change;

/// How many races in a row show that many write one alert at once.
const MANY_RACES: u32 = 3;

/// How an attempt fares against others who write the same alert, in this process and elsewhere.
///
/// Whatever repeats a named episode never takes a revision, so that it stands in nobody's way. Any other repeat takes
/// one, until [`MANY_RACES`] are lost: then it is counted without, and of several such repeats at once the alert's
/// timeline may keep the newest alone. Where DynamoDB lets no further transaction at the state, the entry is put by
/// itself and counted after that; so is, from the beginning, a repeat in the same words of an alert that was heard of just
/// before ([`State::is_hot`]), because a transaction keeps everybody else away from the state while it lasts.
///
/// [`State::is_hot`]: crate::store::state::State::is_hot
#[derive(Debug, Default)]
pub(super) struct Contention {
    pub(super) attempts: u32,
    pub(super) races: u32,
    pub(super) conflicts: u32,
}

impl Contention {
    /// Whether others leave no room for a transaction, and `repeat` needs none.
    pub(super) const fn steps_aside(&self, repeat: Option<Repeat>) -> bool {
        self.conflicts > 0 && repeat.is_some()
    }

    /// Why the state is written: as a repeat where nothing is lost by that, or where races are lost otherwise.
    pub(super) fn change(&self, repeat: Option<Repeat>, event: &AlertEvent) -> Change {
        let is_contended = self.races >= MANY_RACES || self.conflicts > 0;
        match repeat.filter(|repeat| repeat.is_of_episode || is_contended) {
            Some(repeat) => Change::Repeat(repeat, event.occurred_at),
            None => Change::Event(event.occurred_at),
        }
    }

    pub(super) async fn pause(&mut self) {
        pause(self.attempts).await;
        self.attempts += 1;
    }
}
