//! The state of the webhook as a finding.

use super::remedy::{chain, for_call};
use super::report::Finding;
use crate::hook::{Activity, Differences, HookState};
use crate::{CallError, DataCenter};

const NAME: &str = "webhook";
const INSTALL: &str = "run `campanile install site24x7`";

pub(super) fn finding(data_center: DataCenter, seen: Option<&Result<HookState, CallError>>) -> Finding {
    match seen {
        None => Finding::not_checked(NAME, "there is no token to look with, or our url is not known"),
        Some(Err(error)) => {
            let remedy = Some(for_call(error, data_center));
            Finding { remedy, ..Finding::not_checked(NAME, chain(error)) }
        }
        Some(Ok(HookState::Absent)) => {
            Finding::warning(NAME, "there is none: only polls report outages", INSTALL)
        }
        Some(Ok(HookState::Several { service_ids })) => several(service_ids),
        Some(Ok(HookState::Present { service_id, differences, activity })) => {
            present(service_id, differences, *activity)
        }
    }
}

fn several(service_ids: &[String]) -> Finding {
    let detail = format!(
        "several have our name, and not exactly one calls our url (service ids {})",
        service_ids.join(", ")
    );
    let remedy = "remove or rename all but one in the console under Admin > Third-Party Integrations";
    Finding::warning(NAME, detail, remedy)
}

fn present(service_id: &str, differences: &Differences, activity: Activity) -> Finding {
    match activity {
        Activity::Suspended => Finding::warning(NAME, format!("{service_id} is suspended"), INSTALL),
        Activity::Active if differences.is_empty() => {
            Finding::passed(NAME, format!("{service_id} is as it should be"))
        }
        Activity::Active if differences.is_only_unseen_header() => Finding::passed(
            NAME,
            format!("{service_id} is as it should be as far as can be seen, but for {differences}"),
        ),
        Activity::Active => Finding::warning(NAME, format!("{service_id} differs in {differences}"), INSTALL),
    }
}
