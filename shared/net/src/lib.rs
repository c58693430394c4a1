//! Talking to somebody else's server.
//!
//! [`HttpRequest`] and [`HttpAnswer`] are data: whoever renders a request or interprets an answer needs no network.
//! [`HttpClient`] carries them, to where the [`EgressPolicy`] permits. [`Secret`] and [`SecretUrl`] do not print what they
//! hold, [`Redactor`] hides it in what others wrote, and [`sanitize`] takes the tricks out of their texts.

mod client;
mod egress;
mod exchange;
mod redactor;
mod retry_after;
pub mod sanitize;
mod secret;

pub use client::{
    BuildError, Certificates, Deadlines, HttpClient, HttpClientBuilder, Lookup, Lookups, PemMistake,
    SystemLookup,
};
pub use egress::{DeniedAddress, EgressPolicy, UrlMistake};
pub use exchange::{HttpAnswer, HttpRequest, Unanswered};
pub use ipnet::IpNet;
pub use redactor::Redactor;
pub use retry_after::{retry_after, wait_of_seconds, whole_seconds};
pub use secret::{Secret, SecretUrl};
