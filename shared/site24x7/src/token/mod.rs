//! Access tokens, shared by all who poll one account.
//!
//! Zoho issues ten of them in ten minutes and then blocks, so a token is looked for in memory, then in the
//! store, and only who holds the store's lease asks Zoho.

mod holder;
mod record;
mod store;

pub use holder::TokenError;
pub(crate) use holder::{Applicant, Tokens, Wanted};
pub use record::{Token, TokenRecord};
pub use store::{MemoryTokenStore, StoreError, TokenStore};
