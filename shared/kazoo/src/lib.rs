//! KAZOO's Crossbar API, as far as webhooks go, and what Campanile does with it.
//!
//! [`Client`] speaks to Crossbar: it logs in, keeps the token for its life and turns every error
//! envelope into a typed [`Error`]. [`install`], [`check`] and [`uninstall`] decide what to do with an
//! account's hooks, as pure functions from what is there to a [`PlannedChanges`], which [`apply`] carries out.
//!
//! Nothing here reads a clock, the environment or a terminal: time comes from an [`alert::Clock`], credentials
//! from the caller. No secret (API key, password, token of the hook's address) is ever part of an
//! error, of `Debug` or of `Display`.

mod answer;
mod apply;
mod attempt;
mod available;
mod base_url;
mod call;
pub mod check;
mod client;
mod credentials;
mod document;
mod error;
mod gregorian;
mod hook;
mod id;
pub mod install;
mod page;
mod patch;
mod plan;
mod receiver;
mod redaction;
mod refusal;
mod session;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
pub mod uninstall;
mod uri;

pub use apply::{Applied, ApplyError, Outcome, apply};
pub use attempt::{Attempt, AttemptRange, AttemptResult};
pub use available::AvailableHook;
pub use base_url::{BaseUrl, BaseUrlError};
pub use client::{Client, Configuration};
pub use credentials::{AccountIdentity, Credentials, CredentialsError, HashMethod, UnknownHashMethod};
pub use error::{Error, Operation, Trouble};
pub use hook::{Hook, HookSummary, NewHook, State};
pub use id::{AccountId, HookId, ParseIdError};
pub use page::{Page, PageKey};
pub use patch::Patch;
pub use plan::{Change, Note, NoteReason, PlannedChanges};
pub use receiver::{Location, LocationError, Receiver};
pub use refusal::{FieldProblem, Refusal};
pub use transport::DEADLINES;
pub use uri::HookUri;
