//! Calls without effect, by which a vendor says whether it knows a destination and would take something for it.

use net::HttpAnswer;

use crate::Request;
use crate::aws::Refusal;

/// A call that its vendor answers without any effect.
#[derive(Debug)]
pub struct Inspection {
    /// The call.
    pub request: Request,
    /// What its answer says of the destination.
    pub judge: fn(&HttpAnswer) -> Result<(), InspectionFailure>,
}

/// Why an inspection did not find that all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InspectionFailure {
    /// The vendor says that nothing could be sent.
    #[error("{0}")]
    Refused(&'static str),
    /// The vendor says nothing of the destination, such as in trouble.
    #[error("a call without effect was answered with status {0}: try again later")]
    Unclear(u16),
    /// Whoever asks may not ask, which says nothing of the notifier.
    #[error("{0}")]
    NotPermitted(&'static str),
}

impl InspectionFailure {
    /// Whether it says that the destination cannot be notified, or that this could not be found out.
    pub const fn is_about_the_destination(&self) -> bool {
        !matches!(self, Self::NotPermitted(_))
    }
}

/// Of an operation of AWS: whether what it names is there; `right` is what whoever asks needs.
pub(crate) fn of_aws(
    answer: &HttpAnswer,
    missing: &'static str,
    right: &'static str,
) -> Result<(), InspectionFailure> {
    if answer.is_success() {
        return Ok(());
    }
    let code = Refusal::of(answer).map(|refusal| refusal.code).unwrap_or_default();
    match (code.as_str(), answer.status) {
        ("NotFound" | "NotFoundException" | "ResourceNotFoundException", _) => {
            Err(InspectionFailure::Refused(missing))
        }
        (_, 400..=403) => Err(InspectionFailure::NotPermitted(right)),
        (_, status) => Err(InspectionFailure::Unclear(status)),
    }
}
