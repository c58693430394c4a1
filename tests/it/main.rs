//! The tests over the real binaries.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod acting;
mod bulk;
mod client_certificate;
mod command;
mod credentials;
mod durable;
mod exactly_once;
mod healing;
mod hostile;
mod kazoo;
mod keeper;
mod killed;
mod netdata;
mod notifications;
mod order;
mod poller;
mod reading;
mod refusals;
mod secrets_manager;
mod site24x7;
mod sources;
mod storage;
mod template;
mod tencent;
