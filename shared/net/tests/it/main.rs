//! Requests as they leave, over real connections.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod bodies;
mod egress;
mod mutual_tls;
mod redirects;
mod servers;
