//! What one run has at hand.

use alert::Clock;
use aws::Platform;

use crate::kazoo::account::Account;

/// What one run has at hand.
pub(crate) struct Visit<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) account: &'a Account,
    /// The account that owns the hooks.
    pub(crate) account_id: &'a str,
    pub(crate) clock: &'a dyn Clock,
}
