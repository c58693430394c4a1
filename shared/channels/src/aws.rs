//! What the answers of AWS operations mean, in every service: their codes say more than their status.

use jiff::SignedDuration;
use net::HttpAnswer;

use crate::{Attempt, Interpretation, Probe};

/// Longest that is waited for a quota of a day, which fills up again little by little.
const QUOTA_WAIT: SignedDuration = SignedDuration::from_mins(10);

/// Not now.
const RETRIED: [&str; 19] = [
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "Throttled",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ExpiredToken",
    "ExpiredTokenException",
    "InternalError",
    "InternalFailure",
    "InternalException",
    "InternalServerError",
    "ServiceUnavailable",
    "RequestTimeout",
    "RequestTimeoutException",
    "RequestExpired",
    "KMSThrottling",
];
/// Not before somebody gives us a right, a key or an identity, or takes a hold off the account.
const PROBED: [&str; 25] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "NotAuthorized",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "OptInRequired",
    "InvalidSecurity",
    "KMSAccessDenied",
    "KMSDisabled",
    "KMSInvalidState",
    "KMSNotFound",
    "KMSOptInRequired",
    "NotAuthorizedForSourceException",
    "NotAuthorizedForDetailTypeException",
    "InvalidAccountIdException",
    "AccountSuspendedException",
    "SendingPausedException",
    "MailFromDomainNotVerifiedException",
];
/// There is no such topic, bus or configuration set.
const GONE: [&str; 3] = ["NotFound", "NotFoundException", "ResourceNotFoundException"];
/// Not this notification.
const FAILED: [&str; 11] = [
    "InvalidParameter",
    "InvalidParameterValue",
    "ParameterValueInvalid",
    "ValidationException",
    "ValidationError",
    "EndpointDisabled",
    "PlatformApplicationDisabled",
    "MalformedDetail",
    "InvalidArgument",
    "RedactionFailure",
    "BadRequestException",
];

/// What an operation, or an entry of one, was refused with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    /// The error that `answer` carries, in its body or in the header of the REST protocol.
    pub(crate) fn of(answer: &HttpAnswer) -> Option<Self> {
        let body = answer.json();
        let in_body = body["__type"].as_str().or_else(|| body["code"].as_str());
        let code = in_body.or_else(|| answer.header("x-amzn-errortype"))?;
        let message = body["message"].as_str().or_else(|| body["Message"].as_str());
        Some(Self { code: bare(code), message: message.unwrap_or_default().to_owned() })
    }

    /// What follows from the code, where it is known.
    pub(crate) fn meaning(&self) -> Option<Interpretation> {
        let is_in = |codes: &[&str]| codes.contains(&self.code.as_str());
        if is_in(&["LimitExceededException"]) || (is_in(&RETRIED) && self.message.contains("quota exceeded"))
        {
            return Some(Interpretation::limited(Some(QUOTA_WAIT)));
        }
        if is_in(&RETRIED) {
            return Some(Interpretation::retry());
        }
        if is_in(&PROBED) {
            return Some(Interpretation::suspended(Probe::Hourly));
        }
        if is_in(&GONE) {
            return Some(Interpretation::suspended(Probe::Never));
        }
        is_in(&FAILED).then(Interpretation::failed)
    }
}

/// A code without the namespace before it and the address behind it.
fn bare(code: &str) -> String {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code).trim().to_owned()
}

/// What `answer`, which is no success, means: by its code, else by its status.
pub(crate) fn refused(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let meaning = Refusal::of(answer).and_then(|refusal| refusal.meaning());
    meaning.unwrap_or_else(|| Interpretation::by_status(answer, attempt.at))
}

/// What an answer with a `MessageId` means, which is a success with one.
pub(crate) fn published(answer: &HttpAnswer) -> Interpretation {
    let id = answer.json()["MessageId"].as_str().map(str::to_owned);
    Interpretation::by_body(answer, id.is_some()).with_receipt(id)
}
