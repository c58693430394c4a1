//! A stand-in for Netdata Cloud: it knows one token that may and one that may not, takes a few requests a second, and has
//! the vendor's habits, such as errors in HTTP 200 and pages for people.

mod cloud;
mod server;

pub use cloud::{Cloud, Fault, NODE, OTHER_NODE, ROOM, SPACE};
pub use server::{StandIn, TOKEN, TOKEN_WITHOUT_SCOPE};
