//! Netdata Cloud's webhook integration: alerts, reachability of nodes, the test notification and the handshake.
//!
//! The documented body is flat
//! (<https://github.com/netdata/netdata/blob/master/integrations/cloud-notifications/metadata.yaml>), the one that
//! arrives today is nested; both are read. The state of an alert comes from its own field, never from `message`,
//! and a state that is not known is rejected: a guess could close a real alert.

mod alarm;
mod body;
mod challenge;
mod ending;
mod flat;
mod identifier;
mod listing;
mod moment;
mod nested;
mod node;
mod page;
mod reachability;
mod rooms;
mod status;
mod subject;
mod test_notification;
mod transition;

use alert::Labels;

pub use self::challenge::challenge_response;
pub use self::ending::{UntoldEnd, untold_end};
pub use self::listing::{ActiveOthers, active_others};
pub use self::subject::subject_has_common_name;
pub use self::test_notification::test_token;

use self::body::Body;
use crate::{InboundRequest, Normalized, Rejection, SourceConfiguration};

/// The account of a notification that names no space.
const UNKNOWN_ACCOUNT: &str = "unknown";

/// Reads one POST of Netdata Cloud: an alert, a node or several that became unreachable or reachable, or a test
/// notification; or a row of Netdata Cloud's list of changes, as the keeper reads it.
pub fn normalize(
    request: &InboundRequest,
    _configuration: &SourceConfiguration,
) -> Result<Normalized, Rejection> {
    let body = Body::parse(&request.body)?;
    let receive_second = moment::whole_second(request.received_at);
    let normalized = match Shape::of(&body).ok_or_else(unknown_shape)? {
        Shape::NestedAlert => nested::read(&body, receive_second)?.into_normalized(),
        Shape::FlatAlert => flat::read(&body, receive_second)?.into_normalized(),
        Shape::Reachability => reachability::read(&body, receive_second)?.into(),
        Shape::Transition => transition::read(&body, receive_second)?.into_normalized(),
        Shape::TestNotification => vec![test_notification::read(&body, receive_second)].into(),
    };
    Ok(normalized.with_warning(body.warning()))
}

/// What kind of notification a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    NestedAlert,
    FlatAlert,
    Reachability,
    Transition,
    TestNotification,
}

impl Shape {
    /// The first shape of which `body` has the mark.
    fn of(body: &Body) -> Option<Self> {
        if body.is_object("alert") {
            Some(Self::NestedAlert)
        } else if body.is_filled_string("alert") || body.is_filled_string("alarm") {
            Some(Self::FlatAlert)
        } else if reachability::is_marked(body) {
            Some(Self::Reachability)
        } else if body.is_object("transition") {
            Some(Self::Transition)
        } else if body.is_filled_string("token") {
            Some(Self::TestNotification)
        } else {
            None
        }
    }
}

fn unknown_shape() -> Rejection {
    Rejection::new(
        "unknown_shape",
        "the body is none of Netdata Cloud's notifications, which have `alert`, `alarm`, `nodes`, `reachable`, \
         `status` or `token`: check that Netdata Cloud's webhook integration, not the Netdata agent or another \
         program, sends to this URL",
    )
}

/// The entries that have a value.
fn present<const N: usize>(entries: [(&str, Option<String>); N]) -> Labels {
    entries.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
