//! What each source's notifications mean: a request's bytes and the moment it came in, alert events out.
//!
//! One module per source, all of one shape: `normalize(&InboundRequest, &SourceConfiguration) -> Result<Normalized, Rejection>`.
//! They are pure and total: no I/O, no clock, no AWS, and no bytes that make them panic. What they cannot
//! understand they reject with a reason that a person can act on; the pipeline keeps such a request whole.

pub mod alertmanager;
mod json;
pub mod kazoo;
pub mod netdata;
mod request;
pub mod site24x7;
pub mod tencent;
mod value;

pub use request::{InboundRequest, Normalized, REPAIRED, Rejection, SourceConfiguration};
