//! The OAuth scopes that the API asks for, and what is lost without each.

use std::fmt;

/// A permission of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Reading monitors and integrations.
    AdminRead,
    /// Creating an integration.
    AdminCreate,
    /// Changing an integration.
    AdminUpdate,
    /// Reading the alert logs.
    OperationsRead,
    /// Reading the current status.
    ReportsRead,
    /// Listing the customers of a managed service provider.
    MspRead,
    /// Listing the business units of an account.
    BusinessUnitRead,
}

impl Scope {
    /// The scopes that Campanile's parts need, in the order in which they are reported.
    pub const NEEDED: [Self; 5] =
        [Self::AdminRead, Self::OperationsRead, Self::ReportsRead, Self::AdminCreate, Self::AdminUpdate];

    /// The name that Zoho's console takes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AdminRead => "Site24x7.Admin.Read",
            Self::AdminCreate => "Site24x7.Admin.Create",
            Self::AdminUpdate => "Site24x7.Admin.Update",
            Self::OperationsRead => "Site24x7.Operations.Read",
            Self::ReportsRead => "Site24x7.Reports.Read",
            Self::MspRead => "Site24x7.Msp.Read",
            Self::BusinessUnitRead => "Site24x7.Bu.Read",
        }
    }

    /// What does not work without it, and what still does.
    pub const fn without_it(self) -> &'static str {
        match self {
            Self::AdminRead => {
                "monitor names come from the current status only, and the webhook can be neither checked nor installed"
            }
            Self::OperationsRead => "no alert logs; the webhook and the current status still work",
            Self::ReportsRead => {
                "no current status; the webhook and the alert logs still work, and fire and resolve alone"
            }
            Self::AdminCreate => "the webhook cannot be created; everything else works",
            Self::AdminUpdate => "the webhook cannot be changed; everything else works",
            Self::MspRead => "customers cannot be listed; set `zaaid` by hand",
            Self::BusinessUnitRead => "business units cannot be listed; set `zaaid` by hand",
        }
    }

    /// All needed scopes as Zoho's "Generate Code" takes them, separated by commas.
    pub fn needed_list() -> String {
        Self::NEEDED.map(Self::as_str).join(",")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a token was issued for, as newer accounts servers state it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Reads the `scope` of a token answer, separated by blanks or commas. `None`: it names nothing.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let words: Vec<_> = text
            .split(|character: char| character == ',' || character.is_whitespace())
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// Whether they cover `scope`, by itself or by the `ALL` of its group.
    pub fn grant(&self, scope: Scope) -> bool {
        let name = scope.as_str().to_ascii_lowercase();
        let group = name.rsplit_once('.').map_or("", |(group, _)| group);
        let all = format!("{group}.all");
        self.0.iter().any(|word| *word == name || *word == all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_with_blanks_or_commas_and_in_any_case() {
        let scopes = Scopes::read("Site24x7.Admin.Read, site24x7.operations.ALL").unwrap();
        assert!(scopes.grant(Scope::AdminRead));
        assert!(scopes.grant(Scope::OperationsRead));
        assert!(!scopes.grant(Scope::ReportsRead));
        assert!(!scopes.grant(Scope::AdminCreate));
    }

    #[test]
    fn an_empty_scope_says_nothing() {
        assert_eq!(Scopes::read(" , "), None);
    }
}
