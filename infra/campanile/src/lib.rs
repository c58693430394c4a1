//! The operator's command: the local bundle, and what an operator does with a running one.
//!
//! [`bundle`] is the whole of Campanile in one process, over the AWS services in [`embedded`].

pub mod bundle;
mod command;
mod development;
pub mod embedded;
mod fixture;

pub use command::Command;
