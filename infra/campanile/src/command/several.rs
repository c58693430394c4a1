//! Things that are done one after another, each whatever became of the others.

use intake::chain;

use super::plain::plain_lines;
use super::{Outcome, remark};

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
            remark(format!("campanile: {target}: {}", plain_lines(&chain(error.as_ref()))));
            failed += 1;
        }
    }
    if failed == 0 { Ok(()) } else { Err(SomeFailed { failed, of: targets.len() }.into()) }
}
