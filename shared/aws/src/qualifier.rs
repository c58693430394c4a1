//! By which alias or version this function was invoked last.
//!
//! A function that invokes itself has to go the same way: without a qualifier Lambda would take the newest code, whether or
//! not it has passed its test.

use std::sync::{PoisonError, RwLock};

/// Where the qualifier stands in an ARN such as `arn:aws:lambda:eu-central-1:123456789012:function:notifier:live`.
const PLACE: usize = 7;

static QUALIFIER: RwLock<Option<String>> = RwLock::new(None);

/// Notes how the function was invoked.
pub(crate) fn invoked_as(arn: &str) {
    *QUALIFIER.write().unwrap_or_else(PoisonError::into_inner) = qualifier_of(arn);
}

/// The qualifier of the latest invocation; none where it had none.
pub(crate) fn qualifier() -> Option<String> {
    QUALIFIER.read().unwrap_or_else(PoisonError::into_inner).clone()
}

fn qualifier_of(arn: &str) -> Option<String> {
    arn.split(':').nth(PLACE).filter(|qualifier| !qualifier.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qualifier_stands_behind_the_functions_name() {
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:notifier";
        assert_eq!(qualifier_of(arn), None);
        assert_eq!(qualifier_of(&format!("{arn}:live")).as_deref(), Some("live"));
        assert_eq!(qualifier_of(&format!("{arn}:12")).as_deref(), Some("12"));
        assert_eq!(qualifier_of(""), None);
    }
}
