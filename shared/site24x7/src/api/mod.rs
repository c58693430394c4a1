//! Site24x7's REST API: how it is called, what its answers mean, and the calls themselves.

mod call;
mod client;
mod endpoints;
mod error;
mod retry;
mod rows;
mod verdict;

pub use call::Call;
pub use client::{Calls, Client, Readiness};
pub use error::CallError;
pub use rows::{Customer, Monitor, TestAnswer, ThirdPartyService};
