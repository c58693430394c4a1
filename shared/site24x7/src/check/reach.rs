//! Whether the data centre's hosts answer.

use super::observe::Observations;
use super::report::Finding;
use crate::{CallError, Hosts, TokenError, ZohoError};

const NAME: &str = "hosts";

/// What became of a host's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Answers,
    Silent,
    NotAsked,
}

pub(super) fn finding(hosts: &Hosts, seen: &Observations) -> Finding {
    let (accounts, api) = (accounts(seen), api(seen));
    let detail = format!("{} {}, {} {}", hosts.accounts(), accounts.as_str(), hosts.api_root(), api.as_str());
    match (accounts, api) {
        (Reach::Silent, _) | (_, Reach::Silent) => {
            Finding::warning(NAME, detail, "let this network reach both, over port 443")
        }
        (Reach::Answers, Reach::Answers) => Finding::passed(NAME, detail),
        (Reach::NotAsked, _) | (_, Reach::NotAsked) => Finding::not_checked(NAME, detail),
    }
}

fn accounts(seen: &Observations) -> Reach {
    match &seen.token {
        Err(TokenError::Zoho { source: ZohoError::NoAnswer { .. } }) => Reach::Silent,
        Ok(_) | Err(TokenError::Zoho { .. }) => Reach::Answers,
        Err(_) => Reach::NotAsked,
    }
}

fn api(seen: &Observations) -> Reach {
    match &seen.monitors {
        Some(Err(CallError::NoAnswer { .. })) => Reach::Silent,
        None
        | Some(Err(CallError::CoolingDown { .. } | CallError::Token { .. } | CallError::OutOfTime { .. })) => {
            Reach::NotAsked
        }
        Some(_) => Reach::Answers,
    }
}

impl Reach {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Silent => "does not answer",
            Self::NotAsked => "was not asked",
        }
    }
}
