//! The embedded AWS as the real SDK clients see it, what KAZOO sends, and the command as a person types it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod alert_command;
mod alert_table;
mod alertmanager;
mod api;
mod cost;
mod destination_command;
mod documented;
mod endpoint;
mod kazoo_command;
mod kazoo_keeper;
mod kazoo_webhook;
mod login_command;
mod netdata_keeper;
mod notification_command;
mod notifier;
mod operator;
mod sample;
mod secret_cache;
mod secrets;
mod secrets_command;
mod security;
mod server;
mod sign_in;
mod site24x7;
mod site24x7_command;
mod storage;
mod stream;
mod table;
mod tencent_command;
mod tencent_keeper;
mod transcripts;
mod up_command;
