//! Netdata Cloud's API, as far as alerts go: what is asked, and what the answers say.
//!
//! A [`Call`] becomes an [`HttpRequest`](net::HttpRequest) and reads its answer. The API is Netdata's own, written down in its
//! repository and in no OpenAPI document: a member that is not there where a list is expected is an error and no empty list,
//! because alerts are ended by what is not listed. Nothing here sends anything, reads a clock or the environment, and no token
//! is ever part of an error, of `Debug` or of `Display`.
//!
//! <https://github.com/netdata/netdata/tree/master/docs/netdata-ai/skills/query-netdata-cloud>

mod access;
mod active;
mod call;
mod node;
mod read;
mod refusal;
mod space;
#[cfg(feature = "testing")]
#[expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "what a test cannot go on with has failed it"
)]
pub mod testing;
mod transition;

pub use access::{Access, AccessError};
pub use active::{ActiveAlert, ActivePage};
pub use call::{AnswerError, Call, MOST_ACTIVE, Window};
pub use node::{Node, NodeState};
pub use refusal::Refusal;
pub use space::{Room, Space};
pub use transition::Transition;
