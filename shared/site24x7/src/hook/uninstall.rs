//! Taking the webhook out of use. It is put to sleep, never deleted: that is left to a person in the console.

use std::fmt;

use alert::Clock;

use super::find::{Found, HookError, find};
use super::state::{Activity, activity};
use crate::{CallError, Calls, TokenStore};

/// The webhook after it was taken out of use.
#[derive(Debug)]
pub enum Uninstalled {
    /// There is none.
    Absent,
    /// It was put to sleep.
    Suspended {
        /// Its id.
        service_id: String,
    },
    /// It was asleep already.
    AlreadySuspended {
        /// Its id.
        service_id: String,
    },
    /// It could not be put to sleep and still calls.
    StillActive {
        /// Its id.
        service_id: String,
        /// Why.
        error: CallError,
    },
}

/// Puts the webhook of this name to sleep; where there are several, the one that calls `url`.
pub async fn uninstall<S: TokenStore, C: Clock>(
    calls: Calls<'_, S, C>,
    name: &str,
    url: &str,
) -> Result<Uninstalled, HookError> {
    let service = match find(calls, name.trim(), url.trim()).await? {
        Found::Nothing => return Ok(Uninstalled::Absent),
        Found::Several(service_ids) => return Err(HookError::Several { service_ids }),
        Found::One(service) => service,
    };
    let suspended = activity(&service) == Activity::Suspended;
    let service_id = service.service_id;
    if suspended {
        return Ok(Uninstalled::AlreadySuspended { service_id });
    }
    Ok(match calls.suspend(&service_id).await {
        Ok(()) => Uninstalled::Suspended { service_id },
        Err(error) => Uninstalled::StillActive { service_id, error },
    })
}

impl fmt::Display for Uninstalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let removal = "; to remove it, delete it in the console under Admin > Third-Party Integrations";
        match self {
            Self::Absent => f.write_str("there is no such webhook: nothing to do"),
            Self::Suspended { service_id } => {
                write!(f, "webhook {service_id} is suspended and calls no more{removal}")
            }
            Self::AlreadySuspended { service_id } => {
                write!(f, "webhook {service_id} was suspended already{removal}")
            }
            Self::StillActive { service_id, error } => {
                write!(f, "webhook {service_id} still calls, it cannot be suspended ({error}){removal}")
            }
        }
    }
}
