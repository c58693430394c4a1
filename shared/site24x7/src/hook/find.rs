//! Which of the integrations is our webhook.

use alert::Clock;

use crate::{CallError, Calls, ThirdPartyService, TokenStore};

/// The type of a webhook among the integrations.
const WEBHOOK: i64 = 8;

/// What was found under our name.
pub(crate) enum Found {
    Nothing,
    One(ThirdPartyService),
    /// None of them, or more than one, has our url.
    Several(Vec<String>),
}

/// Why a webhook is not as it should be after all. No text quotes a credential.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// A call failed; nothing is known to be half done, and running again continues.
    #[error("the webhook cannot be brought into its state: run it again when the cause is gone")]
    Call {
        /// Which, and why.
        #[source]
        source: CallError,
    },
    /// Several webhooks have our name, and our url does not show which is meant.
    #[error(
        "several webhooks have this name and not exactly one calls our url (service ids {ids}): remove or rename \
         all but one in the console under Admin > Third-Party Integrations",
        ids = .service_ids.join(", ")
    )]
    Several {
        /// Their ids.
        service_ids: Vec<String>,
    },
    /// It was created but cannot be found.
    #[error(
        "the webhook was created but is not listed: look in the console under Admin > Third-Party Integrations"
    )]
    NotListed,
}

impl From<CallError> for HookError {
    fn from(source: CallError) -> Self {
        Self::Call { source }
    }
}

/// Looks for a webhook of this name; where there are several, for the one that calls `url`.
pub(crate) async fn find<S: TokenStore, C: Clock>(
    calls: Calls<'_, S, C>,
    name: &str,
    url: &str,
) -> Result<Found, CallError> {
    let services = calls.third_party_services().await?;
    let mut namesakes: Vec<_> = services.into_iter().filter(|service| is_namesake(service, name)).collect();
    if namesakes.len() > 1 {
        return several(calls, namesakes, url).await;
    }
    Ok(namesakes.pop().map_or(Found::Nothing, Found::One))
}

fn is_namesake(service: &ThirdPartyService, name: &str) -> bool {
    service.kind == Some(WEBHOOK) && service.name == name
}

async fn several<S: TokenStore, C: Clock>(
    calls: Calls<'_, S, C>,
    namesakes: Vec<ThirdPartyService>,
    url: &str,
) -> Result<Found, CallError> {
    let service_ids = namesakes.iter().map(|service| service.service_id.clone()).collect();
    let mut ours = Vec::new();
    for service in namesakes {
        if url_of(calls, &service).await?.as_deref() == Some(url) {
            ours.push(service);
        }
    }
    let only = if ours.len() == 1 { ours.pop() } else { None };
    Ok(only.map_or(Found::Several(service_ids), Found::One))
}

/// The list may leave the url out; then the webhook itself has it.
async fn url_of<S: TokenStore, C: Clock>(
    calls: Calls<'_, S, C>,
    service: &ThirdPartyService,
) -> Result<Option<String>, CallError> {
    if let Some(url) = &service.url {
        return Ok(Some(url.clone()));
    }
    let webhook = calls.webhook(&service.service_id).await?;
    Ok(webhook.get("url").and_then(|url| url.as_str()).map(|url| url.trim().to_owned()))
}
