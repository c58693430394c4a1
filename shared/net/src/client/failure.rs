//! Why a request has no answer, without its URL.

use std::error::Error;

use crate::{DeniedAddress, Unanswered};

/// What `error` means. Only its innermost cause is kept: the outer ones repeat the URL, which may be a credential.
pub(super) fn describe(error: reqwest::Error) -> Unanswered {
    let error = error.without_url();
    if let Some(denied) = causes(&error).find_map(|cause| cause.downcast_ref::<DeniedAddress>()) {
        return Unanswered::Denied(denied.to_string());
    }
    let cause = causes(&error).last().map_or_else(String::new, ToString::to_string);
    // What did not connect in time was not asked.
    match (error.is_connect(), error.is_timeout()) {
        (true, _) => Unanswered::Connect(cause),
        (false, true) => Unanswered::Timeout,
        (false, false) => Unanswered::Broken(cause),
    }
}

/// `error` and what caused it, the innermost last.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
