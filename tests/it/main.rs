//! The tests over the real binaries.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod acting;
mod bulk;
mod client_certificate;
mod command;
mod credentials;
mod durable;
mod exactly_once;
mod hostile;
mod kazoo;
#[expect(dead_code, unused_imports, reason = "the client's tests need more of it")]
#[path = "../../shared/kazoo/tests/stand_in/mod.rs"]
mod kazoo_stand_in;
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
