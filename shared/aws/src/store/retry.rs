//! What to do with DynamoDB's refusals.

use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use intake::StoreError;

/// The longest pause before the first repetition; each further one may take twice as long, up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(10);
/// The longest pause of all.
const LONGEST: Duration = Duration::from_millis(640);

/// Errors that no repetition cures.
const FINAL: [&str; 8] = [
    "ValidationException",
    "AccessDeniedException",
    "ResourceNotFoundException",
    "UnrecognizedClientException",
    "MissingAuthenticationTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "ItemCollectionSizeLimitExceededException",
];

/// Whether the same call may succeed a moment later.
pub(crate) fn may_pass<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::ServiceError(error) => !FINAL.contains(&error.err().code().unwrap_or_default()),
        _ => true,
    }
}

/// Waits before the repetition number `attempt` (from 0), for a time drawn by chance: writers that met once
/// must not meet again.
pub(crate) async fn pause(attempt: u32) {
    let ceiling = FIRST.saturating_mul(2_u32.saturating_pow(attempt)).min(LONGEST);
    tokio::time::sleep(ceiling.mul_f64(fastrand::f64())).await;
}

/// The refusal of a write: for good, where the table can never take it.
pub(crate) fn refused<E, R>(operation: &'static str, what: &'static str, error: SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let is_final = error.as_service_error().is_some_and(|error| error.code() == Some("ValidationException"));
    let source = Box::new(error);
    if is_final {
        StoreError::Rejected { what, source }
    } else {
        StoreError::Unavailable { operation, source }
    }
}
