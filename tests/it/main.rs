//! The tests over the real binaries.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod client_certificate;
mod credentials;
mod durable;
mod exactly_once;
mod killed;
mod netdata;
mod order;
mod refusals;
mod tencent;
