//! The client of Site24x7's REST API and of the Zoho accounts that open it.
//!
//! [`AccountConfiguration`] come from the source's secret, a [`Client`] is made of them, and [`Client::until`] yields the
//! calls of one run, all of which end by one deadline. Access tokens are shared by everyone who polls the
//! same account through the [`TokenStore`] port, because Zoho issues only ten of them in ten minutes.
//! [`hook`] plans and carries out what `campanile install site24x7` does, [`check`] what `campanile check` prints.
//! What the rows mean is no concern of this crate: they leave it as the JSON that came in.

mod api;
pub mod check;
pub mod hook;
mod lenient;
mod moment;
mod redaction;
mod scope;
mod settings;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
mod transport;
mod zoho;

pub use api::{Call, CallError, Calls, Client, Customer, Monitor, Readiness, TestAnswer, ThirdPartyService};
pub use normalize::site24x7::{DataCenter, Hosts, UnknownDataCenter};
pub use scope::{Scope, Scopes};
pub use settings::{AccountConfiguration, AccountConfigurationError, Application, account_of};
pub use token::{MemoryTokenStore, StoreError, Token, TokenError, TokenRecord, TokenStore};
pub use transport::{Deadlines, Transport};
pub use zoho::{Exchange, Grant, Rejection, ZohoError, exchange_code};
