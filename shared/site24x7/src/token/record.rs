//! What is kept between polls, and what it permits.

use jiff::Timestamp;
use net::Secret;

use crate::moment;

/// A token is renewed this long before it ends, so that no call starts with one that ends meanwhile.
const EARLY_SECS: i64 = 300;
/// How long nobody asks after Zoho has throttled for the first time since it last issued a token.
const FIRST_COOLDOWN_SECS: i64 = 10 * 60;
/// How long nobody asks after any further time.
const NEXT_COOLDOWN_SECS: i64 = 30 * 60;

/// An access token and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What the API is called with.
    pub access_token: Secret,
    /// A whole second.
    pub expires_at: Timestamp,
}

impl Token {
    /// Whether it will do for a run that starts now.
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        self.expires_at > moment::later(now, EARLY_SECS)
    }

    fn is_alive(&self, now: Timestamp) -> bool {
        self.expires_at > now
    }
}

/// The `TOKEN` item of one account. All times are whole seconds, and past ones are kept: a cool-down that
/// is over makes the next one longer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenRecord {
    /// `access_token` and `expires_at`.
    pub token: Option<Token>,
    /// `cooldown_until`: nobody asks Zoho before.
    pub cooldown_until: Option<Timestamp>,
    /// `lease_until`: somebody may be asking until then.
    pub lease_until: Option<Timestamp>,
}

impl TokenRecord {
    /// The token, if it is worth using: a fresh one, or while nobody may ask for another one that still lives.
    pub(crate) fn usable(&self, now: Timestamp) -> Option<&Token> {
        let cooling = self.cooling_until(now).is_some();
        self.token.as_ref().filter(|token| token.is_fresh(now) || (cooling && token.is_alive(now)))
    }

    /// Until when nobody asks.
    pub(crate) fn cooling_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.cooldown_until.filter(|until| *until > now)
    }

    /// Whether somebody may be asking.
    pub(crate) fn is_leased(&self, now: Timestamp) -> bool {
        self.lease_until.is_some_and(|until| until > now)
    }

    /// The cool-down that follows a throttling now.
    pub(crate) fn next_cooldown(&self, now: Timestamp) -> Timestamp {
        let first = self.cooldown_until.is_none();
        moment::later(now, if first { FIRST_COOLDOWN_SECS } else { NEXT_COOLDOWN_SECS })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn record(expires_at: i64, cooldown_until: Option<i64>) -> TokenRecord {
        let token = Token { access_token: Secret::new("1000.a"), expires_at: at(expires_at) };
        TokenRecord { token: Some(token), cooldown_until: cooldown_until.map(at), lease_until: None }
    }

    #[test]
    fn a_token_is_used_until_five_minutes_before_its_end() {
        assert!(record(3600, None).usable(at(3299)).is_some());
        assert!(record(3600, None).usable(at(3300)).is_none());
    }

    #[test]
    fn a_token_is_used_to_its_end_while_nobody_may_ask_for_another() {
        assert!(record(3600, Some(4000)).usable(at(3599)).is_some());
        assert!(record(3600, Some(4000)).usable(at(3600)).is_none());
        assert!(record(3600, Some(3400)).usable(at(3500)).is_none());
    }

    #[test]
    fn the_first_cooldown_lasts_ten_minutes_and_any_further_thirty() {
        assert_eq!(record(0, None).next_cooldown(at(1000)), at(1600));
        assert_eq!(record(0, Some(900)).next_cooldown(at(1000)), at(2800));
    }
}
