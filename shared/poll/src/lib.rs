//! Scheduled readers of sources: each reads what its source did not send, and records it as a webhook would.

pub mod kazoo;
pub mod keeper;
pub mod netdata;
pub mod site24x7;
pub mod tencent;
