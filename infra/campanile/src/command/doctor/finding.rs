//! What was found, and what to do about it.

use std::fmt;

/// A part of a deployment, such as the function `notifier`.
pub(super) type Part = String;

/// What is wrong with a part, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) what: String,
    pub(super) remedy: String,
}

/// A fault, from words of any kind.
pub(super) fn fault(what: impl Into<String>, remedy: impl Into<String>) -> Fault {
    Fault { what: what.into(), remedy: remedy.into() }
}

/// How one part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    /// As it should be.
    Fine(Part),
    /// Not as it should be.
    Bad {
        /// What.
        part: Part,
        /// What is wrong with it.
        fault: String,
        /// What to do.
        remedy: String,
    },
}

impl Finding {
    pub(super) fn bad(part: impl Into<Part>, fault: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Bad { part: part.into(), fault: fault.into(), remedy: remedy.into() }
    }

    /// `part` is fine where `fault` is `None`.
    pub(super) fn of(part: impl Into<Part>, fault: Option<Fault>) -> Self {
        match fault {
            None => Self::Fine(part.into()),
            Some(Fault { what, remedy }) => Self::bad(part, what, remedy),
        }
    }

    /// Whether there is nothing to do.
    pub(super) fn is_fine(&self) -> bool {
        matches!(self, Self::Fine(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fine(part) => write!(f, "ok   {part}"),
            Self::Bad { part, fault, remedy } => write!(f, "bad  {part}: {fault}\n       {remedy}"),
        }
    }
}
