//! Tencent Cloud's API 3.0, as far as alarms go: what is asked, how it is signed, what the answers say.
//!
//! A [`Call`] becomes a signed [`HttpRequest`](net::HttpRequest) and reads its answer. Nothing here sends anything, reads a
//! clock or the environment, and no secret key is ever part of an error, of `Debug` or of `Display`.

mod access;
mod call;
mod history;
mod notice;
mod notified;
mod refusal;
mod signature;

pub use access::{Access, AccessError};
pub use call::{AnswerError, Call};
pub use history::{AlarmHistory, AlarmStatus, HistoryPage};
pub use notice::{Notice, NoticePage};
pub use notified::{Notification, NotifiedPage};
pub use refusal::Refusal;
pub use signature::{Signing, authorization};
