//! The alert as it arrives today: not documented, known from live requests
//! (<https://github.com/Silvenga/ntfy-bridge/tree/master/docs/playloads>).

use alert::{ACCOUNT_NAME, Labels, Signal};
use jiff::Timestamp;

use super::alarm::Alarm;
use super::body::Body;
use super::identifier::canonical;
use super::node::Node;
use super::page::Page;
use super::status::Status;
use super::{UNKNOWN_ACCOUNT, moment, present, rooms};
use crate::Rejection;

const STATUS: &str = "alert.state.status";
const PRIOR_STATUS: &str = "alert.prev_state.status";

/// Reads a body whose `alert` is an object.
pub(super) fn read(body: &Body, receive_second: Timestamp) -> Result<Alarm, Rejection> {
    let name = body.required("alert.name")?;
    let status_raw = body.required(STATUS)?;
    let status = Status::parse(&status_raw, STATUS)?;
    let page = Page::at(body.text("alert.url").unwrap_or_default());
    let transition_id = body.text("alert.transition_id").and_then(canonical);
    let transition_id = transition_id.or_else(|| page.parameter("transition").and_then(canonical));
    let occurred_at =
        body.text("alert.triggered_at").and_then(|text| moment::parse(&text)).unwrap_or(receive_second);
    let node = Node::nested(body);
    Ok(Alarm {
        account: space_account(body).unwrap_or_else(|| UNKNOWN_ACCOUNT.to_owned()),
        resource: node.name().map(str::to_owned),
        chart: body.first_text(["alert.chart", "alert.chart.id", "alert.chart.name"]),
        context: body.text("alert.context"),
        status,
        prior: body.text(PRIOR_STATUS).and_then(|word| Status::parse(&word, PRIOR_STATUS).ok()?.as_prior()),
        status_raw,
        headline: body.text("alert.rendered.summary").unwrap_or_else(|| name.clone()),
        summary: body.first_text(["message", "alert.rendered.info"]),
        value: body.first_text(["alert.state.value_str", "alert.state.value"]),
        occurred_at,
        started_at: started_at(body, status, occurred_at),
        labels: labels(body),
        annotations: annotations(body, transition_id.clone()),
        name,
        node,
        page,
        transition_id,
    })
}

/// The account that the object `space` names.
pub(super) fn space_account(body: &Body) -> Option<String> {
    body.text("space.id").and_then(canonical).or_else(|| body.first_text(["space.slug", "space.name"]))
}

/// When the alert left the clear state. Without `non_clear` an alert that fires is taken to have begun now; of one
/// that does not fire nothing is known.
fn started_at(body: &Body, status: Status, occurred_at: Timestamp) -> Option<Timestamp> {
    let not_clear_for = body.text("alert.duration.non_clear");
    let began_at = not_clear_for.and_then(|seconds| moment::seconds_before(occurred_at, &seconds));
    began_at.or_else(|| (status.signal() == Signal::Firing).then_some(occurred_at))
}

fn labels(body: &Body) -> Labels {
    present([
        ("class", body.text("alert.config.classification")),
        ("role", body.text("alert.config.recipient")),
        ("space", body.text("space.name")),
        ("rooms", body.get("node.rooms").and_then(rooms::label)),
    ])
}

fn annotations(body: &Body, transition_id: Option<String>) -> Labels {
    present([
        (ACCOUNT_NAME, body.text("space.name")),
        ("info", body.text("alert.rendered.info")),
        ("prev_status", body.text(PRIOR_STATUS)),
        ("prev_value", body.first_text(["alert.prev_state.value_str", "alert.prev_state.value"])),
        ("duration", body.text("alert.duration.value_str")),
        ("transition_id", transition_id),
        ("config_hash", body.text("alert.config.hash")),
        ("command", body.text("alert.config.command")),
        ("parent", body.text("alert.config.centralisation_point.hostname")),
        ("active_critical", body.text("alert.log.total.critical")),
        ("active_warning", body.text("alert.log.total.warning")),
    ])
}
