//! The embedded AWS as the real SDK clients see it, what KAZOO tells, and the command as a person types it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod alert_command;
mod alert_table;
mod alertmanager;
mod api;
mod destination_command;
mod documented;
mod endpoint;
mod kazoo_command;
mod kazoo_webhook;
mod login_command;
mod notification_command;
mod notifier;
mod operator;
mod sample;
mod secret_cache;
mod secrets;
mod secrets_command;
mod security;
mod server;
mod site24x7;
mod site24x7_command;
#[expect(dead_code, reason = "the client's tests need more of it")]
#[path = "../../../../shared/site24x7/tests/stand_in/mod.rs"]
mod site24x7_stand_in;
// Included rather than depended on: a crate of its own would be a development dependency of `kazoo` that depends on
// `kazoo`, for code that nobody ships.
#[expect(dead_code, unused_imports, reason = "the client's tests need more of it")]
#[path = "../../../../shared/kazoo/tests/stand_in/mod.rs"]
mod stand_in;
mod storage;
mod stream;
mod table;
mod up_command;
