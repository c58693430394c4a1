//! The pipeline's order and promises, over a store and secrets that the tests control.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod credentials;
mod limits;
mod order;
mod patience;
mod refused_by_the_table;
mod rotation;
mod security;
mod world;
