//! The webhook as it is, beside the webhook as it should be.

use alert::Clock;
use serde_json::{Map, Value};

use super::compare::{Differences, compare};
use super::find::{Found, find};
use super::spec::WebhookSpec;
use crate::{CallError, Calls, ThirdPartyService, TokenStore};

/// How the webhook is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookState {
    /// There is none.
    Absent,
    /// There are several of its name, and not exactly one calls our url.
    Several {
        /// Their ids.
        service_ids: Vec<String>,
    },
    /// There is one.
    Present {
        /// Its id.
        service_id: String,
        /// In what it differs from what is wanted.
        differences: Differences,
        /// Whether it is in use, as far as is known.
        activity: Activity,
    },
}

/// Whether an integration is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// It is, or nothing else is known.
    Active,
    /// It has been put to sleep.
    Suspended,
}

/// Looks, and changes nothing.
pub async fn inspect<S: TokenStore, C: Clock>(
    calls: Calls<'_, S, C>,
    spec: &WebhookSpec,
) -> Result<HookState, CallError> {
    match find(calls, spec.name(), spec.url()).await? {
        Found::Nothing => Ok(HookState::Absent),
        Found::Several(service_ids) => Ok(HookState::Several { service_ids }),
        Found::One(service) => {
            let current = calls.webhook(&service.service_id).await?;
            Ok(state_of(service, &current, spec))
        }
    }
}

fn state_of(service: ThirdPartyService, current: &Map<String, Value>, spec: &WebhookSpec) -> HookState {
    HookState::Present {
        differences: compare(current, spec),
        activity: activity(&service),
        service_id: service.service_id,
    }
}

pub(crate) fn activity(service: &ThirdPartyService) -> Activity {
    match service.service_status {
        None | Some(0) => Activity::Active,
        Some(_) => Activity::Suspended,
    }
}
