//! Looking, without judging.

use alert::Clock;
use jiff::tz::TimeZone;

use crate::hook::{HookState, WebhookSpec, inspect};
use crate::{CallError, Calls, Monitor, Scopes, TokenError, TokenStore};

/// What is to be checked.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The webhook as it should be; `None` if its url is not known.
    pub webhook: Option<WebhookSpec>,
    /// How many calls the poller makes in a day.
    pub calls_per_day: u64,
}

/// What was seen. `None`: there was no sense in looking.
#[derive(Debug)]
pub struct Observations {
    /// Whether Zoho issued a token, and for which scopes if it said so.
    pub token: Result<Option<Scopes>, TokenError>,
    /// `GET /monitors`.
    pub monitors: Option<Result<Vec<Monitor>, CallError>>,
    /// `GET /alert_logs`, where the token's scopes are not stated.
    pub alert_logs: Option<Result<(), CallError>>,
    /// `GET /current_status`, where the token's scopes are not stated.
    pub current_status: Option<Result<(), CallError>>,
    /// The webhook.
    pub webhook: Option<Result<HookState, CallError>>,
}

/// Looks at everything there is sense in looking at.
pub async fn observe<S: TokenStore, C: Clock>(calls: Calls<'_, S, C>, subject: &Subject) -> Observations {
    let token = calls.issue_token().await;
    let mut seen =
        Observations { token, monitors: None, alert_logs: None, current_status: None, webhook: None };
    // While Zoho issues no more, a token from before may still do.
    if !matches!(seen.token, Ok(_) | Err(TokenError::CoolingDown { .. })) {
        return seen;
    }
    seen.monitors = Some(calls.monitors().await);
    if !seen.is_authenticated() {
        return seen;
    }
    if !matches!(seen.token, Ok(Some(_))) {
        let today = calls.now().to_zoned(TimeZone::UTC).date();
        seen.alert_logs = Some(calls.alert_logs(today).await.map(drop));
        seen.current_status = Some(calls.current_status().await.map(drop));
    }
    if let Some(spec) = &subject.webhook {
        seen.webhook = Some(inspect(calls, spec).await);
    }
    seen
}

impl Observations {
    /// Whether the API took the token: it answered, or refused the token for its scopes only.
    pub fn is_authenticated(&self) -> bool {
        match &self.monitors {
            Some(Ok(_)) => true,
            Some(Err(error)) => error.is_scope_missing(),
            None => false,
        }
    }
}
