//! The real handlers over a table that is as hard as DynamoDB, on virtual time.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod hard;
mod hot;
mod patience;
mod simulation;
