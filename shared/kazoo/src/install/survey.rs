//! Looking at a server before anything is decided.

use crate::client::Client;
use crate::error::Error;
use crate::hook::Hook;
use crate::receiver::Location;
use crate::refusal::Refusal;

use super::selection::Selection;
use super::wanted::{NotOffered, Wanted, expand};

/// What is wanted of a server, in its own terms, and what of it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The single webhooks that the choice comes to.
    pub wanted: Vec<Wanted>,
    /// The account's webhooks that are ours, in full.
    pub ours: Vec<Hook>,
}

/// A look at a server that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// A request failed.
    #[error("cannot look at the account's webhooks")]
    Request(#[source] Error),
    /// The server does not offer what was chosen.
    #[error("cannot install the hooks chosen")]
    NotOffered(#[source] NotOffered),
}

/// Reads what `selections` come to on the server and which webhooks of the account are ours. What is not
/// offered is refused before the login, which costs a third of Crossbar's allowance.
pub async fn survey(
    client: &Client,
    location: &Location,
    selections: &[Selection],
) -> Result<Survey, SurveyError> {
    let offered = client.available_hooks().await.map_err(SurveyError::Request)?;
    let wanted = expand(selections, &offered).map_err(SurveyError::NotOffered)?;
    let ours = ours(client, location).await.map_err(SurveyError::Request)?;
    Ok(Survey { wanted, ours })
}

/// The documents of the account's webhooks that deliver to `location`. The list alone does not show
/// their modifiers, so each is read.
pub async fn ours(client: &Client, location: &Location) -> Result<Vec<Hook>, Error> {
    let mut ours = Vec::new();
    for summary in client.hooks().await? {
        if !location.owns(&summary.hook, &summary.uri) {
            continue;
        }
        match client.hook(&summary.id).await {
            Ok(hook) => {
                // The list may know the reason where the document does not show it.
                let disable_reason = hook.disable_reason.or(summary.disable_reason);
                ours.push(Hook { disable_reason, ..hook });
            }
            Err(error) if matches!(error.refusal(), Some(Refusal::NotFound { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(ours)
}
