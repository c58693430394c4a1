//! Tencent Cloud Monitor: a callback that was lost is fetched, and an alarm that ended without a callback is ended.
//!
//! Tencent calls four times within seconds and then never again, and of an alarm whose policy or binding is gone it says
//! nothing at all. [`TencentKeeper::run`] reads which notifications Tencent sent by templates that call us, and hands each
//! callback to the pipeline of the webhook; then it asks for the life of each alarm that fires here, and ends what has ended
//! there. Where a row of the history is not one alarm's beyond doubt, nothing is done.

mod api;
mod keeper;
mod notified;
mod open;
mod pairing;
mod report;
mod secret;

pub use api::TencentApi;
pub use keeper::{TencentError, TencentKeeper};
pub use report::{Cared, Ended, Fetched, TencentCallError, TencentOutcome, TencentPartError};
pub use secret::TencentSecret;
