//! Turns what was seen into findings. Pure.

use super::budget;
use super::observe::{Observations, Subject};
use super::reach;
use super::remedy::{chain, for_call, for_token, new_code};
use super::report::{Finding, Report};
use super::scopes;
use super::webhook;
use crate::{AccountConfigurationError, DataCenter, Hosts, UnknownDataCenter};

const VALID_TLD: &str = "valid_tld";
const AUTHENTICATED: &str = "authenticated";

/// The report on settings that could be read.
pub(super) fn report(
    data_center: DataCenter,
    hosts: &Hosts,
    subject: &Subject,
    seen: &Observations,
) -> Report {
    let mut findings = vec![
        Finding::passed(VALID_TLD, format!("`{data_center}` is a data centre")),
        authenticated(data_center, seen),
        reach::finding(hosts, seen),
    ];
    findings.extend(scopes::findings(data_center, seen));
    findings.push(webhook::finding(data_center, seen.webhook.as_ref()));
    findings.push(budget::finding(subject.calls_per_day, seen.monitors.as_ref()));
    Report { findings }
}

/// The report on settings that could not be read.
pub(super) fn unreadable(
    error: &AccountConfigurationError,
    data_center: Option<&Result<DataCenter, UnknownDataCenter>>,
) -> Report {
    let valid_tld = match data_center {
        Some(Ok(data_center)) => Finding::passed(VALID_TLD, format!("`{data_center}` is a data centre")),
        Some(Err(unknown)) => {
            Finding::failed(VALID_TLD, unknown.to_string(), "set `data_center` to one of these")
        }
        None => Finding::failed(
            VALID_TLD,
            "no `data_center` (or `zohoAccountTLD`)",
            "set it to where the account lives: it is the end of the console's address, such as `eu`",
        ),
    };
    Report { findings: vec![valid_tld, without_settings(error, data_center)] }
}

fn without_settings(
    error: &AccountConfigurationError,
    data_center: Option<&Result<DataCenter, UnknownDataCenter>>,
) -> Finding {
    let failed = |remedy: String| Finding::failed(AUTHENTICATED, chain(error), remedy);
    match (error, data_center) {
        (AccountConfigurationError::DataCenter { .. }, _) => Finding::not_checked(AUTHENTICATED, "no data centre to ask"),
        (AccountConfigurationError::Zaaid, _) => {
            failed("set `zaaid` to an id of this account, or leave it out".to_owned())
        }
        (AccountConfigurationError::Missing(members), Some(Ok(data_center))) if lacks_only_refresh_token(members) => {
            failed(new_code(*data_center))
        }
        (AccountConfigurationError::Missing(_) | AccountConfigurationError::NotAnObject, _) => failed(
            "write the members of a Self Client into the secret `<prefix>/site24x7`; the prefix is `campanile` \
             unless configured"
                .to_owned(),
        ),
    }
}

fn lacks_only_refresh_token(members: &[[&str; 2]]) -> bool {
    members.iter().all(|[ours, _]| *ours == "refresh_token")
}

fn authenticated(data_center: DataCenter, seen: &Observations) -> Finding {
    match (&seen.token, &seen.monitors) {
        (Ok(_), _) if seen.is_authenticated() => {
            Finding::passed(AUTHENTICATED, "zoho issued a token and the API takes it")
        }
        (Err(error), _) if seen.is_authenticated() => Finding::warning(
            AUTHENTICATED,
            format!("the API takes a token from before, but {}", chain(error)),
            for_token(error, data_center),
        ),
        (_, Some(Err(error))) => Finding::failed(AUTHENTICATED, chain(error), for_call(error, data_center)),
        (Err(error), _) => Finding::failed(AUTHENTICATED, chain(error), for_token(error, data_center)),
        (Ok(_), _) => Finding::not_checked(AUTHENTICATED, "the API was not called"),
    }
}
