//! The webhook of KAZOO over the embedded table: from a request's bytes to what people and tools read.

mod any_bytes;
mod lifecycles;
mod one_event;
mod refusals;
mod secrecy;
mod world;
