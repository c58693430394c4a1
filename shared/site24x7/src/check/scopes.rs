//! Each scope, and what is lost without it.

use super::observe::Observations;
use super::remedy::{chain, new_code};
use super::report::Finding;
use crate::{CallError, DataCenter, Scope, Scopes};

/// Why a scope is or is not taken to be granted.
enum Evidence {
    Granted(&'static str),
    Missing,
    Unknown(String),
}

pub(super) fn findings(data_center: DataCenter, seen: &Observations) -> Vec<Finding> {
    let finding = |scope: Scope| {
        let name = format!("scope {scope}");
        match evidence(scope, seen) {
            Evidence::Granted(why) => Finding::passed(name, why),
            Evidence::Missing => {
                Finding::warning(name, format!("missing: {}", scope.without_it()), new_code(data_center))
            }
            Evidence::Unknown(why) => Finding::not_checked(name, why),
        }
    };
    Scope::NEEDED.map(finding).into()
}

fn evidence(scope: Scope, seen: &Observations) -> Evidence {
    match (tried(scope, seen), &seen.token) {
        (Some(Ok(())), _) => Evidence::Granted("a call that needs it succeeds"),
        (Some(Err(error)), _) if error.is_scope_missing() => Evidence::Missing,
        (_, Ok(Some(scopes))) => stated(scope, scopes),
        (Some(Err(error)), _) => Evidence::Unknown(chain(error)),
        (None, _) => Evidence::Unknown(unknown(scope, seen)),
    }
}

fn stated(scope: Scope, scopes: &Scopes) -> Evidence {
    if scopes.grant(scope) { Evidence::Granted("the token has it") } else { Evidence::Missing }
}

/// What the read that needs this scope came to, if it was tried.
fn tried(scope: Scope, seen: &Observations) -> Option<Result<(), &CallError>> {
    match scope {
        Scope::AdminRead => seen.monitors.as_ref().map(|read| read.as_ref().map(drop)),
        Scope::OperationsRead => seen.alert_logs.as_ref().map(|read| read.as_ref().map(drop)),
        Scope::ReportsRead => seen.current_status.as_ref().map(|read| read.as_ref().map(drop)),
        Scope::AdminCreate | Scope::AdminUpdate | Scope::MspRead | Scope::BusinessUnitRead => None,
    }
}

fn unknown(scope: Scope, seen: &Observations) -> String {
    match scope {
        Scope::AdminCreate | Scope::AdminUpdate if seen.is_authenticated() => {
            "zoho does not state the token's scopes, and trying would change something".to_owned()
        }
        _ => "the API does not take the token".to_owned(),
    }
}
