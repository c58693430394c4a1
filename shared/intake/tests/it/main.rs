//! The pipeline's order and promises, over a store and secrets that the tests control.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod credentials;
mod order;
mod patience;
mod rotation;
mod security;
mod world;
