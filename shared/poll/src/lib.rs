//! Scheduled readers of sources: each reads what its source did not send, and records it as a webhook would.

mod clock;
pub mod kazoo;
pub mod keeper;
pub mod netdata;
pub mod site24x7;
pub mod tencent;

pub use clock::WallClock;
