//! The tests over the real binaries.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod client_certificate;
mod credentials;
mod netdata;
mod refusals;
mod template;
mod tencent;
