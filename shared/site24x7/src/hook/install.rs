//! Creating the webhook or correcting it. Done twice, the second time changes nothing; nothing is ever deleted.

use std::fmt;
use std::time::Duration;

use alert::Clock;

use super::compare::Differences;
use super::find::{Found, HookError, find};
use super::spec::WebhookSpec;
use super::state::{Activity, HookState, activity, inspect};
use crate::{CallError, Calls, TokenStore};

/// How often a creation that failed, and surely left nothing, is tried.
const CREATIONS: usize = 3;
/// How long a webhook may take to be listed after a creation whose outcome is unclear.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(2);
/// A server that wants to be left alone for longer is.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The webhook after an installation.
#[derive(Debug)]
pub struct Installed {
    /// Its id.
    pub service_id: String,
    /// What was done.
    pub change: Change,
    /// Whether it had been put to sleep and was woken.
    pub woken: bool,
    /// What the test notification came to.
    pub test: Test,
}

/// What an installation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It made the webhook.
    Created,
    /// It wrote the webhook anew.
    Updated {
        /// What had been different.
        differences: Differences,
    },
    /// It had nothing to do.
    Unchanged,
    /// It could not write the header whose value it is not shown, and the rest is right: a warning.
    HeaderNotConfirmed {
        /// Why the header may be wrong.
        differences: Differences,
    },
}

/// What a test notification came to.
#[derive(Debug)]
pub enum Test {
    /// The webhook answered it with 200.
    Delivered,
    /// The webhook was called and something else came back.
    Answered {
        /// The status, if stated.
        response_code: Option<i64>,
        /// What the vendor says about it.
        message: String,
    },
    /// The token may not trigger it.
    NotAllowed,
    /// It was not triggered.
    Failed(CallError),
    /// Nothing had changed.
    NotNeeded,
}

/// Brings the webhook into the state that `spec` wants, and tests it if it was changed.
pub async fn install<S: TokenStore, C: Clock>(
    calls: Calls<'_, S, C>,
    spec: &WebhookSpec,
) -> Result<Installed, HookError> {
    let state = inspect(calls, spec).await?;
    let mut installed = match state {
        HookState::Absent => create(calls, spec).await?,
        state => correct(calls, spec, state).await?,
    };
    if installed.is_changed() {
        installed.test = send_test(calls, &installed.service_id).await;
    }
    Ok(installed)
}

/// Lets Site24x7 send a test notification to the webhook.
pub async fn send_test<S: TokenStore, C: Clock>(calls: Calls<'_, S, C>, service_id: &str) -> Test {
    match calls.trigger_test(service_id).await {
        Ok(answer) if answer.response_code == Some(200) => Test::Delivered,
        Ok(answer) => Test::Answered {
            response_code: answer.response_code,
            message: answer.message.unwrap_or_default(),
        },
        Err(error) if error.is_scope_missing() => Test::NotAllowed,
        Err(error) => Test::Failed(error),
    }
}

async fn create<S: TokenStore, C: Clock>(
    calls: Calls<'_, S, C>,
    spec: &WebhookSpec,
) -> Result<Installed, HookError> {
    for remaining in (0..CREATIONS).rev() {
        let created = calls.create_webhook(spec.body(), spec.key()).await;
        let doubt = match created {
            Ok(Some(service_id)) => return Ok(Installed::untested(service_id, Change::Created)),
            Ok(None) => Doubt { remaining: 0, wait: LOOK_AGAIN_AFTER, error: HookError::NotListed },
            Err(error) if error.is_unclear() => Doubt::about(error, remaining),
            Err(error) => return Err(error.into()),
        };
        if let Some(installed) = doubt.settle(calls, spec).await? {
            return Ok(installed);
        }
    }
    Err(HookError::NotListed)
}

/// A creation of which nobody knows whether it happened.
struct Doubt {
    /// How often it may still be tried.
    remaining: usize,
    wait: Duration,
    error: HookError,
}

impl Doubt {
    fn about(error: CallError, remaining: usize) -> Self {
        Self { remaining, wait: error.retry_after().unwrap_or(LOOK_AGAIN_AFTER), error: error.into() }
    }

    /// Looks again after a while. `None`: it surely did not happen, and may be tried again.
    async fn settle<S: TokenStore, C: Clock>(
        self,
        calls: Calls<'_, S, C>,
        spec: &WebhookSpec,
    ) -> Result<Option<Installed>, HookError> {
        if self.wait > LONGEST_WAIT || calls.pause(self.wait).await.is_none() {
            return Err(self.error);
        }
        match inspect(calls, spec).await? {
            HookState::Absent if self.remaining == 0 => Err(self.error),
            HookState::Absent => Ok(None),
            state => correct(calls, spec, state).await.map(|installed| Some(installed.counted_as_created())),
        }
    }
}

async fn correct<S: TokenStore, C: Clock>(
    calls: Calls<'_, S, C>,
    spec: &WebhookSpec,
    state: HookState,
) -> Result<Installed, HookError> {
    let (service_id, differences, activity) = match state {
        HookState::Absent => return Err(HookError::NotListed),
        HookState::Several { service_ids } => return Err(HookError::Several { service_ids }),
        HookState::Present { service_id, differences, activity } => (service_id, differences, activity),
    };
    let change = write(calls, spec, &service_id, differences).await?;
    let mut installed = Installed::untested(service_id, change);
    if activity == Activity::Suspended {
        wake(calls, spec, &installed.service_id).await?;
        installed.woken = true;
    }
    Ok(installed)
}

async fn write<S: TokenStore, C: Clock>(
    calls: Calls<'_, S, C>,
    spec: &WebhookSpec,
    service_id: &str,
    differences: Differences,
) -> Result<Change, HookError> {
    if differences.is_empty() {
        return Ok(Change::Unchanged);
    }
    match calls.change_webhook(service_id, spec.body(), spec.key()).await {
        Ok(()) => Ok(Change::Updated { differences }),
        Err(error) if error.is_scope_missing() && differences.is_only_unseen_header() => {
            Ok(Change::HeaderNotConfirmed { differences })
        }
        Err(error) => Err(error.into()),
    }
}

/// Activates it; that fails harmlessly where the change before has done so already.
async fn wake<S: TokenStore, C: Clock>(
    calls: Calls<'_, S, C>,
    spec: &WebhookSpec,
    service_id: &str,
) -> Result<(), HookError> {
    let Err(error) = calls.activate(service_id).await else {
        return Ok(());
    };
    match find(calls, spec.name(), spec.url()).await? {
        Found::One(service) if activity(&service) == Activity::Active => Ok(()),
        Found::One(_) | Found::Nothing | Found::Several(_) => Err(error.into()),
    }
}

impl Installed {
    fn untested(service_id: String, change: Change) -> Self {
        Self { service_id, change, woken: false, test: Test::NotNeeded }
    }

    fn counted_as_created(self) -> Self {
        let change = match self.change {
            Change::HeaderNotConfirmed { differences } => Change::HeaderNotConfirmed { differences },
            Change::Created | Change::Updated { .. } | Change::Unchanged => Change::Created,
        };
        Self { change, ..self }
    }

    /// Whether something that matters was changed. A header that we are never shown is written each time.
    fn is_changed(&self) -> bool {
        let changed = match &self.change {
            Change::Created => true,
            Change::Updated { differences } => !differences.is_only_unseen_header(),
            Change::Unchanged | Change::HeaderNotConfirmed { .. } => false,
        };
        changed || self.woken
    }
}

impl fmt::Display for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = &self.service_id;
        match &self.change {
            Change::Created => write!(f, "webhook {id} created")?,
            Change::Updated { differences } => write!(f, "webhook {id} corrected: {differences}")?,
            Change::Unchanged => write!(f, "webhook {id} is as it should be")?,
            Change::HeaderNotConfirmed { differences } => write!(
                f,
                "webhook {id} is as it should be as far as can be seen; warning: {differences} can be neither \
                 read nor written without the scope Site24x7.Admin.Update"
            )?,
        }
        let woken = if self.woken { "; it was suspended and is active again" } else { "" };
        write!(f, "{woken}; {}", self.test)
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivered => f.write_str("a test notification was sent and answered"),
            Self::Answered { response_code: Some(code), message } => {
                write!(f, "a test notification was answered with {code} instead of 200 (`{message}`)")
            }
            Self::Answered { response_code: None, message } => {
                write!(f, "a test notification was sent, and nothing is known of its answer (`{message}`)")
            }
            Self::NotAllowed => {
                f.write_str("no test notification: the token may not send one, use the console's test button")
            }
            Self::Failed(error) => write!(f, "no test notification: {error}"),
            Self::NotNeeded => f.write_str("no test notification was needed"),
        }
    }
}
