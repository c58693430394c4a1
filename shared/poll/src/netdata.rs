//! Netdata Cloud: what it did not notify is fetched, and what it forgot to end is ended.
//!
//! Netdata Cloud tries a notification once as far as anybody knows, sends none of a node that changes too often, and none of
//! what somebody silenced there. With an API token [`NetdataKeeper::run`] reads the changes of alerts since the watermark and
//! hands each to the pipeline of the webhook, of which it is the duplicate or the other way round; once an hour it ends the
//! alerts of reachable nodes that are not active there any more. Without a token it has what notifications say of the other
//! alerts of their node, and ends by that, later and with more doubt.

mod access;
mod api;
mod changes;
mod flood;
mod keeper;
mod listed;
mod memory;
mod recording;
mod report;
mod states;

pub use access::{NetdataSecret, Polled};
pub use api::NetdataApi;
pub use keeper::{NetdataError, NetdataKeeper};
pub use report::{Cared, Changes, Ended, NetdataCallError, NetdataOutcome, NetdataPartError, SpaceCared};
