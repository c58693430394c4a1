//! A row of Netdata Cloud's own list of changes, which the keeper reads where a webhook may not have come. It carries the
//! transition id that the webhook of the same change does, and is about the same alert: so either is the other's duplicate.

use alert::{ACCOUNT_NAME, Labels, Signal, UNANNOUNCED};
use jiff::Timestamp;

use super::alarm::Alarm;
use super::body::Body;
use super::identifier::canonical;
use super::moment;
use super::nested::space_account;
use super::node::Node;
use super::page::Page;
use super::status::Status;
use super::{UNKNOWN_ACCOUNT, present};
use crate::Rejection;

const STATUS: &str = "transition.new.status";
const PRIOR_STATUS: &str = "transition.old.status";

/// Reads a body whose `transition` is an object: the row, and beside it `space`, `node` and `url` as a webhook has them.
pub(super) fn read(body: &Body, receive_second: Timestamp) -> Result<Alarm, Rejection> {
    let name = body.required("transition.alert")?;
    let status_raw = body.required(STATUS)?;
    let status = Status::parse(&status_raw, STATUS)?;
    let prior = body.text(PRIOR_STATUS).and_then(|word| Status::parse(&word, PRIOR_STATUS).ok());
    let occurred_at =
        body.text("transition.when").and_then(|text| moment::parse(&text)).unwrap_or(receive_second);
    let node = Node { id: body.text("transition.node_id").and_then(canonical), ..Node::nested(body) };
    Ok(Alarm {
        account: space_account(body).unwrap_or_else(|| UNKNOWN_ACCOUNT.to_owned()),
        resource: node.name().map(str::to_owned),
        chart: body.text("transition.instance"),
        context: body.text("transition.context"),
        status,
        prior: prior.and_then(Status::as_prior),
        status_raw,
        headline: body.text("transition.summary").unwrap_or_else(|| name.clone()),
        summary: body.text("transition.info"),
        value: value(body, "transition.new.value"),
        page: Page::at(body.text("url").unwrap_or_default()),
        transition_id: body.text("transition.transition_id").and_then(canonical),
        occurred_at,
        started_at: started_at(body, status, prior, occurred_at),
        labels: present([
            ("role", body.text("transition.notification.to")),
            ("space", body.text("space.name")),
        ]),
        annotations: annotations(body),
        name,
        node,
    })
}

/// When the alert left the clear state, before which it was raised for so long.
fn started_at(
    body: &Body,
    status: Status,
    prior: Option<Status>,
    occurred_at: Timestamp,
) -> Option<Timestamp> {
    let is_firing = status.signal() == Signal::Firing;
    if is_firing && prior.is_none_or(|prior| prior.signal() != Signal::Firing) {
        return Some(occurred_at);
    }
    let raised_for = body.text("transition.old.raised_duration").filter(|seconds| seconds != "0");
    let began_at = raised_for.and_then(|seconds| moment::seconds_before(occurred_at, &seconds));
    began_at.or_else(|| is_firing.then_some(occurred_at))
}

/// The number with its unit, to two places.
fn value(body: &Body, path: &str) -> Option<String> {
    let number = body.text(path)?;
    let number =
        number.parse::<f64>().map_or(number, |number| ((number * 100.0).round() / 100.0).to_string());
    Some(match body.text("transition.units") {
        Some(unit) if unit == "%" => format!("{number}%"),
        Some(unit) => format!("{number} {unit}"),
        None => number,
    })
}

fn annotations(body: &Body) -> Labels {
    present([
        (ACCOUNT_NAME, body.text("space.name")),
        ("info", body.text("transition.info")),
        ("prev_status", body.text(PRIOR_STATUS)),
        ("prev_value", value(body, "transition.old.value")),
        ("transition_id", body.text("transition.transition_id").and_then(canonical)),
        ("config_hash", body.text("transition.config_hash_id")),
        ("netdata_notified", body.text("notified").filter(|notified| notified == "no")),
        (UNANNOUNCED, body.text("unannounced").filter(|unannounced| unannounced == "yes")),
    ])
}
