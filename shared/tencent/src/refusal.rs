//! Why the API says no: a code whose beginning says what to do.

use net::sanitize;
use serde_json::Value;

/// What an answer's `Error` says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too many requests, or a fault of Tencent's.
    #[error("{code}: tencent is busy or broken, try again")]
    Passing {
        /// Tencent's code.
        code: String,
    },
    /// The signature was made at another time than Tencent's.
    #[error("{code}: the clock is off by more than five minutes, set it right")]
    Clock {
        /// Tencent's code.
        code: String,
    },
    /// The key is not known, or may not do this.
    #[error(
        "{code}: give the sub-account of the key the permission, or another key; tencent says `{message}`"
    )]
    NotPermitted {
        /// Tencent's code.
        code: String,
        /// Tencent's words, which name the permission.
        message: String,
    },
    /// The request is one that Tencent does not take.
    #[error("{code}: tencent does not take the request; it says `{message}`")]
    Mistaken {
        /// Tencent's code.
        code: String,
        /// Tencent's words.
        message: String,
    },
}

impl Refusal {
    /// The error in a response, if it holds one.
    pub(crate) fn read(response: &Value) -> Option<Self> {
        let error = response.get("Error").filter(|error| !error.is_null())?;
        let text = |name: &str| sanitize::line(error[name].as_str().unwrap_or_default());
        let (code, message) = (text("Code"), text("Message"));
        let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| code.starts_with(beginning));
        Some(
            if begins(&["RequestLimitExceeded", "InternalError", "FailedOperation", "ResourceUnavailable"]) {
                Self::Passing { code }
            } else if begins(&["AuthFailure.SignatureExpire"]) {
                Self::Clock { code }
            } else if begins(&["AuthFailure", "UnauthorizedOperation"]) {
                Self::NotPermitted { code, message }
            } else {
                Self::Mistaken { code, message }
            },
        )
    }

    /// Whether the same request may succeed a moment later.
    pub(crate) const fn may_pass(&self) -> bool {
        matches!(self, Self::Passing { .. })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_beginning_of_a_code_says_what_to_do() {
        let of = |code: &str| {
            Refusal::read(&json!({ "Error": { "Code": code, "Message": "no\u{1b}[31m" } }))
                .unwrap()
                .to_string()
        };
        assert!(of("RequestLimitExceeded.IPLimitExceeded").contains("try again"));
        assert!(of("InternalError").contains("try again"));
        assert!(of("AuthFailure.SignatureExpire").contains("clock"));
        assert!(of("AuthFailure.UnauthorizedOperation").contains("permission"));
        assert!(of("UnauthorizedOperation").contains("permission"));
        assert!(of("InvalidParameterValue").contains("does not take"));
        assert!(!of("AuthFailure.SecretIdNotFound").contains('\u{1b}'));
        assert_eq!(Refusal::read(&json!({ "Error": null })), None);
    }
}
