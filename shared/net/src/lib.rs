//! Talking to somebody else's server.
//!
//! [`HttpRequest`] and [`HttpAnswer`] are data: whoever renders a request or interprets an answer needs no network.

mod exchange;

pub use exchange::{HttpAnswer, HttpRequest, Unanswered};
