//! What is remembered between invocations. All of it is data; the port [`Outbox`](crate::Outbox) keeps it.

mod destination;
mod dispatcher;
mod entry;
mod inhibitor;
mod queue;
mod record;
mod routing;

pub use destination::{DestinationState, HourCount, Suspension};
pub use dispatcher::DispatcherState;
pub use entry::{Entry, EntryKey};
pub use inhibitor::{InhibitedTarget, Inhibitor, InhibitorKey, Inhibits};
pub use queue::{Covered, GroupId, InFlight, Notified, Queue, QueueKey};
pub use record::{NotificationRecord, NotificationState, UnknownNotificationState};
pub use routing::{Damping, RoutingState, Waiting, WaitingReason};
