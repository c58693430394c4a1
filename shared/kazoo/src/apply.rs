//! Doing what was planned.

use std::fmt;

use crate::client::Client;
use crate::error::Error;
use crate::hook::{Hook, NewHook};
use crate::id::HookId;
use crate::plan::{Change, PlannedChanges};
use crate::refusal::Refusal;

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The change as planned.
    pub change: Change,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The webhook was created.
    Created(HookId),
    /// The answer to its creation was lost, and it was found in the list.
    FoundAfterLostAnswer(HookId),
    /// The webhook was changed.
    Changed,
    /// The webhook was deleted.
    Deleted,
    /// The webhook to delete was no longer there.
    AlreadyGone,
}

/// A plan that was carried out in part.
#[derive(Debug, thiserror::Error)]
#[error("stopped before the plan was done ({} done): mend the cause and run the command again", .done.len())]
pub struct ApplyError {
    /// What was done before.
    pub done: Vec<Applied>,
    /// The change that failed.
    pub change: Box<Change>,
    /// Why it failed.
    #[source]
    pub source: Error,
}

/// Carries `plan` out, change by change, and stops at the first that fails. What is done stays done, and
/// planning again finds the rest.
pub async fn apply(client: &Client, plan: &PlannedChanges) -> Result<Vec<Applied>, ApplyError> {
    let mut done = Vec::new();
    for change in &plan.changes {
        match apply_one(client, change).await {
            Ok(outcome) => done.push(Applied { change: change.clone(), outcome }),
            Err(source) => {
                return Err(ApplyError { done, change: Box::new(change.clone()), source });
            }
        }
    }
    Ok(done)
}

async fn apply_one(client: &Client, change: &Change) -> Result<Outcome, Error> {
    match change {
        Change::Create(hook) => create(client, hook).await,
        Change::Patch { id, patch, .. } => client.patch(id, patch).await.map(|_| Outcome::Changed),
        Change::Delete { id, .. } => match client.delete(id).await {
            Ok(()) => Ok(Outcome::Deleted),
            Err(error) if matches!(error.refusal(), Some(Refusal::NotFound { .. })) => {
                Ok(Outcome::AlreadyGone)
            }
            Err(error) => Err(error),
        },
    }
}

// KAZOO never checks for an equal hook: what may have been created is looked for before it is sent again.
async fn create(client: &Client, hook: &NewHook) -> Result<Outcome, Error> {
    match client.create(hook).await {
        Ok(created) => Ok(Outcome::Created(created.id)),
        Err(error) if error.is_network() => match find(client, hook).await? {
            Some(found) => Ok(Outcome::FoundAfterLostAnswer(found.id)),
            None => client.create(hook).await.map(|created| Outcome::Created(created.id)),
        },
        Err(error) => Err(error),
    }
}

async fn find(client: &Client, wanted: &NewHook) -> Result<Option<Hook>, Error> {
    for summary in client.hooks().await? {
        if summary.hook != wanted.hook || summary.uri != wanted.uri {
            continue;
        }
        let hook = client.hook(&summary.id).await?;
        if hook.custom_data == wanted.custom_data {
            return Ok(Some(hook));
        }
    }
    Ok(None)
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let change = &self.change;
        match &self.outcome {
            Outcome::Created(id) => write!(f, "{change}: created as {id}"),
            Outcome::FoundAfterLostAnswer(id) => write!(f, "{change}: created as {id}, found in the list"),
            Outcome::Changed | Outcome::Deleted => write!(f, "{change}: done"),
            Outcome::AlreadyGone => write!(f, "{change}: was gone already"),
        }
    }
}
