//! Tencent Cloud's API 3.0, as far as alarms go: what is asked, how it is signed, what the answers say.
//!
//! A [`Call`] becomes a signed [`HttpRequest`](net::HttpRequest) and reads its answer. Nothing here sends anything, reads a
//! clock or the environment, and no secret key is ever part of an error, of `Debug` or of `Display`.

mod access;
mod call;
mod history;
pub mod install;
mod notice;
mod notified;
mod policy;
mod refusal;
mod signature;
#[cfg(feature = "testing")]
#[expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "what a test cannot go on with has failed it"
)]
pub mod testing;

pub use access::{Access, AccessError};
pub use call::{AnswerError, Call};
pub use history::{AlarmHistory, AlarmStatus, HistoryPage};
pub use notice::{Notice, NoticePage};
pub use notified::{Notification, NotifiedPage};
pub use policy::{Policy, PolicyPage};
pub use refusal::Refusal;
pub use signature::{Signing, authorization};
