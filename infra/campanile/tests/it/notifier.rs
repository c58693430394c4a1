//! The notifier over the embedded services, and stand-ins for the seven destinations.

mod course;
mod outage;
mod quiet;
#[expect(dead_code, reason = "the tests over the real binaries need more of it")]
pub(crate) mod stand_in;
mod tower;
mod ups_and_downs;
