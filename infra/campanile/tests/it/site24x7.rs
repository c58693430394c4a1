//! Site24x7's webhook and poller over one embedded table, against a stand-in for Site24x7 and Zoho.

mod agreement;
mod alert_logs;
mod backfill;
mod bundle;
mod cursor;
mod degraded;
mod renewal;
mod storm;
mod tokens;
mod world;
