//! What is wrong with a secret, named by the JSON path of the member and never with its value.

use std::fmt;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// The member is of no use as it is; everything else of the secret is used.
    Mistake,
    /// The member is used, though probably not as it was meant.
    Warning,
}

/// One thing that an operator should correct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub gravity: Gravity,
    /// The member, such as `tokens[1].role`; empty for the secret as a whole.
    pub path: String,
    /// What is wrong and what to do; never a value that may be a credential.
    pub problem: String,
}

impl Gravity {
    /// The word for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mistake => "mistake",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.problem),
            path => write!(f, "{path}: {}", self.problem),
        }
    }
}

/// A secret as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretReport<T> {
    /// What is usable of it; `None` where it is not JSON, or where a restriction cannot be read and going on without
    /// it would let in whom it keeps out.
    pub secret: Option<T>,
    /// What an operator should correct, in the order in which it was found.
    pub findings: Vec<Finding>,
}

impl<T> SecretReport<T> {
    /// The same without the secret, for whoever only asks what is wrong with it.
    pub fn without_value(self) -> SecretReport<()> {
        SecretReport { secret: self.secret.map(drop), findings: self.findings }
    }

    /// What is wrong first of all, for an error that names one thing.
    pub fn first_mistake(&self) -> String {
        let mistake = self.findings.iter().find(|finding| finding.gravity == Gravity::Mistake);
        mistake.map_or_else(|| "it cannot be read".to_owned(), ToString::to_string)
    }
}
