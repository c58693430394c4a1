//! The keeper of Netdata Cloud over one embedded table, against a stand-in for its API that has its habits.

mod failures;
mod flood;
mod listed;
mod polling;
mod silenced;
mod states;
pub(crate) mod world;
