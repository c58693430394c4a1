//! A stand-in for Cloud Monitor's API: it checks the signature, takes 20 requests a second, and puts errors into HTTP 200.

mod monitor;
mod notices;
mod server;

pub use monitor::{Fault, Monitor};
pub use server::{SECRET_ID, SECRET_KEY, StandIn};
