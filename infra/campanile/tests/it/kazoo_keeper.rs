//! The keeper of KAZOO over one embedded table, against a stand-in for Crossbar that remembers what it could not deliver.

mod failures;
mod healing;
mod hooks;
mod world;
