//! What the operator's command is made of, so that the end-to-end tests can use the same pieces.

pub mod embedded;
