//! Things that are done one after another, each whatever became of the others.

use super::{Outcome, complain};

/// How many could not be done; each was complained about.
#[derive(Debug, thiserror::Error)]
#[error("{failed} of {of} failed")]
struct SomeFailed {
    failed: usize,
    of: usize,
}

/// Has `act` done to each of `targets`.
pub(super) async fn each(targets: &[String], act: impl AsyncFn(&str) -> Outcome) -> Outcome {
    if let [only] = targets {
        return act(only).await;
    }
    let mut failed = 0;
    for target in targets {
        if let Err(error) = act(target).await {
            complain(error.as_ref());
            failed += 1;
        }
    }
    if failed == 0 { Ok(()) } else { Err(SomeFailed { failed, of: targets.len() }.into()) }
}
