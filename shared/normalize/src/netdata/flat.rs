//! The alert as it is documented, in the spelling of v1.42 and in that since v2.0.0. It has no node, previous state,
//! value or transition of its own; the link and the message make up for some of that.

use alert::{ACCOUNT_NAME, Labels};
use jiff::Timestamp;

use super::alarm::Alarm;
use super::body::Body;
use super::identifier::canonical;
use super::node::{self, Node};
use super::page::Page;
use super::status::Status;
use super::{UNKNOWN_ACCOUNT, moment, present, rooms};
use crate::Rejection;
use crate::value::filled;

/// Reads a body whose `alert` or `alarm` is a string.
pub(super) fn read(body: &Body, receive_second: Timestamp) -> Result<Alarm, Rejection> {
    let name = body.first_text(["alert", "alarm"]).unwrap_or_default();
    let status_raw = body.required("severity")?;
    let status = Status::parse(&status_raw, "severity")?;
    let page = Page::at(body.first_text(["alarm_url", "alert_url"]).unwrap_or_default());
    let node = Node::flat(body, &page, node::in_alert_message);
    let transition_id = page.parameter("transition").and_then(canonical);
    let chart = body.text("chart").or_else(|| page.parameter("chart"));
    Ok(Alarm {
        account: link_account(body, &page).unwrap_or_else(|| UNKNOWN_ACCOUNT.to_owned()),
        resource: node.name().map(str::to_owned).or_else(|| chart.clone()),
        context: body.text("context"),
        status,
        prior: None,
        status_raw,
        headline: name.clone(),
        summary: body.first_text(["message", "info"]),
        value: body.text("message").and_then(|message| value_in(&message)),
        occurred_at: body.text("date").and_then(|text| moment::parse(&text)).unwrap_or(receive_second),
        started_at: None,
        labels: labels(body),
        annotations: annotations(body, transition_id.clone()),
        name,
        node,
        chart,
        page,
        transition_id,
    })
}

/// The account that a notification without an object `space` names.
pub(super) fn link_account(body: &Body, page: &Page) -> Option<String> {
    page.space().or_else(|| body.text("space")).and_then(canonical)
}

/// `100%` in `Raised to Critical, System swap memory utilization = 100%, on web-01`.
fn value_in(message: &str) -> Option<String> {
    let (_, after) = message.rsplit_once(" = ")?;
    let (value, _) = after.rsplit_once(", on ")?;
    filled(value).map(str::to_owned)
}

fn labels(body: &Body) -> Labels {
    let rooms = ["rooms", "Rooms"].into_iter().filter_map(|key| body.get(key)).find_map(rooms::label);
    present([
        ("class", body.text("class")),
        ("family", body.text("family")),
        ("space", body.text("space")),
        ("rooms", rooms),
    ])
}

fn annotations(body: &Body, transition_id: Option<String>) -> Labels {
    present([
        ("info", body.text("info")),
        ("duration", body.text("duration")),
        ("transition_id", transition_id),
        (ACCOUNT_NAME, body.text("space")),
        // The first integrations had the shorter names.
        ("active_critical", body.first_text(["additional_active_critical_alerts", "critical_count"])),
        ("active_warning", body.first_text(["additional_active_warning_alerts", "warning_count"])),
    ])
}
