//! The client, and installing, checking and uninstalling, against a stand-in for Crossbar.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod check;
mod client;
mod install;
mod planning;
mod refusals;
mod secrecy;
mod sessions;
mod stand_in;
mod uninstall;
