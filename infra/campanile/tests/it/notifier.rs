//! The notifier over the embedded services, and stand-ins for the seven destinations.

mod course;
mod crash;
mod outage;
mod quiet;
mod seven;
pub(crate) mod stand_in;
mod tower;
