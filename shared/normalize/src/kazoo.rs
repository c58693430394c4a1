//! KAZOO (2600Hz): calls, registrations, faxes, voicemail, balances, ports, emergencies and changed objects.
//!
//! KAZOO sends one event per request, as a form, as JSON or as the query of a GET, and names no event id. The
//! way of a request through this module is the way down its files: [`redact`] before it is stored,
//! [`check_signature`] where KAZOO 5 signs, then [`normalize`]: decode, recognise, look up, say.
//! The look-up table is `table`; the Crossbar API and the HTTP answer are not here.

mod annotations;
mod causes;
mod channel;
mod decode;
mod form;
mod identity;
mod keys;
mod kinds;
mod names;
mod notifications;
mod occurrence;
mod others;
mod parties;
mod payload;
mod recognition;
mod redaction;
mod sentence;
mod signature;
mod system_alert;
mod table;
mod time;
mod wording;

use self::payload::Payload;
use crate::{InboundRequest, Normalized, Rejection, SourceConfiguration};

pub use self::redaction::redact;
pub use self::signature::{Signature, check_signature};

/// Reads one request, which [`redact`] has been over: ids of events that nothing of KAZOO's distinguishes
/// are made of the bytes as they are kept, so that a stored request read again yields the same ids.
pub fn normalize(
    request: &InboundRequest,
    configuration: &SourceConfiguration,
) -> Result<Normalized, Rejection> {
    let payload = Payload::read(request)?;
    let occurrence = recognition::recognise(&payload, configuration)?;
    let events = occurrence.events(configuration)?;
    Ok(Normalized::from(events).with_warning(payload.warning()))
}
