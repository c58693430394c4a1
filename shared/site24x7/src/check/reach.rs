//! Whether the data centre's hosts answer.

use super::observe::Observations;
use super::report::Finding;
use crate::{CallError, Hosts, TokenError, ZohoError};

const NAME: &str = "hosts";

/// What became of a host's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reachability {
    Answers,
    Silent,
    NotAsked,
}

pub(super) fn finding(hosts: &Hosts, seen: &Observations) -> Finding {
    let (accounts, api) = (accounts(seen), api(seen));
    let detail = format!("{} {}, {} {}", hosts.accounts(), accounts.as_str(), hosts.api_root(), api.as_str());
    match (accounts, api) {
        (Reachability::Silent, _) | (_, Reachability::Silent) => {
            Finding::warning(NAME, detail, "let this network reach both, over port 443")
        }
        (Reachability::Answers, Reachability::Answers) => Finding::passed(NAME, detail),
        (Reachability::NotAsked, _) | (_, Reachability::NotAsked) => Finding::not_checked(NAME, detail),
    }
}

fn accounts(seen: &Observations) -> Reachability {
    match &seen.token {
        Err(TokenError::Zoho { source: ZohoError::NoAnswer { .. } }) => Reachability::Silent,
        Ok(_) | Err(TokenError::Zoho { .. }) => Reachability::Answers,
        Err(_) => Reachability::NotAsked,
    }
}

fn api(seen: &Observations) -> Reachability {
    match &seen.monitors {
        Some(Err(CallError::NoAnswer { .. })) => Reachability::Silent,
        None
        | Some(Err(CallError::CoolingDown { .. } | CallError::Token { .. } | CallError::OutOfTime { .. })) => {
            Reachability::NotAsked
        }
        Some(_) => Reachability::Answers,
    }
}

impl Reachability {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Silent => "does not answer",
            Self::NotAsked => "was not asked",
        }
    }
}
