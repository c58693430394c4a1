//! The client, and installing, checking and uninstalling, against a stand-in for Crossbar.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod applying;
mod check;
mod client;
mod correcting;
mod install;
mod network;
mod planning;
mod refusals;
mod secrecy;
mod sessions;
mod uninstall;
