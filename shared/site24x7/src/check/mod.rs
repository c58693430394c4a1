//! Whether Site24x7 can be polled and calls us, and what to do where not.

mod budget;
mod judge;
mod observe;
mod reach;
mod remedy;
mod report;
mod scopes;
mod webhook;

use alert::Clock;

pub use observe::{Observations, Subject, observe};
pub use report::{Finding, Report, State};

use crate::settings::data_center_of;
use crate::{AccountConfiguration, Calls, TokenStore};

/// Looks at everything and reports on it. The token is asked for anew, to see whether Zoho issues one.
pub async fn check<S: TokenStore, C: Clock>(calls: Calls<'_, S, C>, subject: &Subject) -> Report {
    let observations = observe(calls, subject).await;
    judge::report(calls.data_center(), calls.hosts(), subject, &observations)
}

/// Reads the settings, or reports what keeps them from being read.
pub fn settings(secret: &str) -> Result<AccountConfiguration, Report> {
    AccountConfiguration::from_secret(secret)
        .map_err(|error| judge::unreadable(&error, data_center_of(secret).as_ref()))
}
