//! One webhook request, from a third-party integration or an "Invoke URL" action.

use alert::{ACCOUNT_NAME, AlertEvent, AutoResolve, Labels, Severity, Signal, Source};

use super::decoding::{self, Sent};
use super::labels::{joined, labels, tag_labels};
use super::monitor_id::monitor_id;
use super::outage::Times;
use super::parameters::Parameters;
use super::status::Status;
use super::{TEST_MONITOR, identity};
use crate::value::link;
use crate::{InboundRequest, Normalized, Rejection, SourceConfiguration};

/// The account where the operator has named none: the data centre that most accounts live in.
const DEFAULT_ACCOUNT: &str = "us";

/// Reads one webhook request, which must have gone through [`redact`](super::redact) before.
pub fn normalize(
    request: &InboundRequest,
    configuration: &SourceConfiguration,
) -> Result<Normalized, Rejection> {
    let Sent { values, warning } = decoding::decode(request)?;
    let parameters = Parameters::read(values);
    let statement = Statement::read(&parameters)?;
    let times = Times::read(&parameters, statement.signal, request.received_at);
    let account = configuration.account.as_deref().unwrap_or(DEFAULT_ACCOUNT);
    let normalized = Normalized {
        warnings: warnings(&statement, &times),
        events: vec![event(&parameters, statement, times, account)],
    };
    Ok(normalized.with_warning(warning))
}

/// What the webhook states, and of which monitor.
struct Statement {
    monitor_id: String,
    was_rounded: bool,
    status: Option<Status>,
    signal: Signal,
    severity: Severity,
}

impl Statement {
    fn read(parameters: &Parameters) -> Result<Self, Rejection> {
        let status = parameters.text("STATUS").map(|word| Status::of_word(&word));
        if is_test(parameters) {
            return Ok(Self::test(status));
        }
        let id = monitor_id(parameters)?;
        let status = status.ok_or_else(missing_status)?;
        Ok(Self {
            monitor_id: id.digits,
            was_rounded: id.was_rounded,
            signal: status.signal(),
            severity: status.severity(),
            status: Some(status),
        })
    }

    fn test(status: Option<Status>) -> Self {
        Self {
            monitor_id: identity::TEST.to_owned(),
            was_rounded: false,
            status,
            signal: Signal::Notice,
            severity: Severity::Info,
        }
    }
}

/// Whether the console's test button sent it. Its monitor does not exist, but has an id and a state like any other.
fn is_test(parameters: &Parameters) -> bool {
    let is = |key, expected| parameters.text(key).is_some_and(|text| text.trim_end_matches('/') == expected);
    is("MONITORNAME", TEST_MONITOR)
        && (is("MONITOR_DASHBOARD_LINK", "https://site24x7.com") || is("MONITORURL", "http://zylker.com"))
}

fn missing_status() -> Rejection {
    Rejection::new(
        "missing:STATUS",
        "STATUS missing: tick \"Send Incident Parameters\" for this webhook in the Site24x7 console \
         (Admin > Third-Party Integrations), or put `\"STATUS\": \"$STATUS\"` into a body of your own",
    )
}

fn warnings(statement: &Statement, times: &Times) -> Vec<&'static str> {
    let is_unknown = matches!(statement.status, Some(Status::Other(_)));
    [
        (
            statement.was_rounded,
            "MONITOR_ID was rounded by a forwarder: took the id of MONITOR_DASHBOARD_LINK",
        ),
        (is_unknown, "the STATUS is not a known one: kept as a notice"),
        (times.is_arrival, "no readable time: took the moment of arrival, a repeat will not be recognised"),
    ]
    .into_iter()
    .filter_map(|(applies, warning)| applies.then_some(warning))
    .collect()
}

fn event(parameters: &Parameters, statement: Statement, times: Times, account: &str) -> AlertEvent {
    let name = parameters.text("MONITORNAME");
    // People know a monitor without a name by what it watches.
    let known_as = name.clone().or_else(|| parameters.text("MONITORURL"));
    let known_as = known_as.unwrap_or_else(|| format!("Monitor {}", statement.monitor_id));
    let name = name.unwrap_or_else(|| statement.monitor_id.clone());
    let word = statement.status.map(|status| status.word().to_owned()).unwrap_or_default();
    let reason = parameters.text("INCIDENT_REASON").unwrap_or_default();
    AlertEvent {
        source: Source::Site24x7,
        account: account.to_owned(),
        fingerprint: identity::fingerprint(account, &statement.monitor_id),
        event_id: identity::of_webhook(account, &statement.monitor_id, &word, &times.identity(), &reason),
        signal: statement.signal,
        severity: statement.severity,
        title: if word.is_empty() { known_as } else { format!("{known_as} is {word}") },
        severity_raw: word,
        summary: summary(parameters, &reason),
        resource: Some(name),
        service: parameters.list("MONITOR_GROUPNAME").into_iter().next(),
        value: None,
        url: url(parameters),
        labels: identifying(parameters, statement.monitor_id),
        annotations: annotations(parameters),
        occurred_at: times.occurred_at,
        started_at: times.started_at,
        ended_at: times.ended_at,
        auto_resolve: AutoResolve::Recovery,
        episode: times.episode,
        expires_at: None,
        order: alert::Order::default(),
    }
}

fn summary(parameters: &Parameters, reason: &str) -> Option<String> {
    let reason = reason.strip_suffix("(Resolved)").unwrap_or(reason).trim_end();
    (!reason.is_empty())
        .then(|| reason.to_owned())
        .or_else(|| parameters.text("INCIDENT_DETAILS"))
        .or_else(|| parameters.first_reason("STATUS_CHANGE_ATTRIBUTES"))
        .or_else(|| parameters.first_reason("FAILED_ATTRIBUTES"))
}

/// All that is no label, and whose account it is: the secret names one, an MSP's customer or business unit another.
fn annotations(parameters: &Parameters) -> Labels {
    let customer = parameters.text("MSP_CUSTOMER_NAME").or_else(|| parameters.text("BU_NAME"));
    let mut all = parameters.annotations();
    all.extend(labels([(ACCOUNT_NAME, customer)]));
    all
}

/// The monitor's page at Site24x7; never the address that is monitored.
fn url(parameters: &Parameters) -> Option<String> {
    let page = |key| link(&parameters.text(key)?, &["http", "https"]);
    page("MONITOR_DASHBOARD_LINK").or_else(|| page("RCA_LINK"))
}

fn identifying(parameters: &Parameters, monitor_id: String) -> Labels {
    let tags = parameters.list("TAGS");
    let mut identifying = labels([
        ("monitor_id", Some(monitor_id)),
        ("monitor_name", parameters.text("MONITORNAME")),
        ("monitor_type", parameters.text("MONITORTYPE")),
        ("monitor_group", joined(&parameters.list("MONITOR_GROUPNAME"))),
        ("tags", joined(&tags)),
        ("group_tags", joined(&parameters.list("GROUP_TAGS"))),
        ("bu_name", parameters.text("BU_NAME")),
        ("msp_customer_name", parameters.text("MSP_CUSTOMER_NAME")),
    ]);
    identifying.extend(tag_labels(&tags));
    identifying
}
