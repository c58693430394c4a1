//! The adapters between Campanile and AWS. No other crate names an AWS service.
//!
//! [`connect`] turns a [`Configuration`] into a [`Platform`]: the alert [`Table`] in DynamoDB and the
//! [`SecretCache`] before Secrets Manager, sharing one set of credentials and connections. [`serve`] runs a handler
//! of plain HTTP requests as a Lambda function.

pub mod calls;
mod clock;
mod configuration;
mod deadline;
mod events;
mod gateway;
mod links;
mod notifier;
mod outbox;
mod platform;
mod qualifier;
mod secrets;
mod signing;
mod start;
mod store;
mod telemetry;
mod terse;
mod trust;

pub use clock::{SystemClock, VirtualTime};
pub use configuration::{Configuration, ConfigurationError, ParsedConfiguration};
pub use events::{serve_batches, serve_events};
pub use gateway::serve;
pub use links::LinkTargetError;
pub use notifier::{DestinationSettings, HttpSender, Notifier, NotifierError};
pub use outbox::{AlertsOfTable, NotificationFilter, NotificationPage, SilencesOfTable, TableOutbox};
pub use platform::{Platform, connect};
pub use secrets::{DEVELOPMENT_TOKEN, PutSecretError, SecretCache};
pub use start::{Ended, start};
pub use store::definition;
pub use store::{
    AccountTokens, ActionFailure, AlertFilter, AlertPage, Cursor, EventFilter, EventPage, FiringCounts,
    HistoryEntry, KnownNames, PageSize, ParseCursorError, PollCursor, QuarantinePage, SilenceFailure, Swept,
    Table, Upkeep,
};
pub use telemetry::{log_filter, log_to_stdout};
