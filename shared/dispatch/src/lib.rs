//! The way out: state change ▸ mute ▸ route ▸ group ▸ notification ▸ attempt. Pure, behind ports.

mod availability;
mod change;
mod compose;
mod counts;
mod destination;
mod dispatcher;
mod group;
mod hours;
mod inhibit;
mod links;
mod mute;
mod ports;
mod route;
mod schedule;
mod select;
mod settings;
mod span;
mod state;
#[cfg(feature = "testing")]
pub mod testing;

pub use availability::{Availability, availability};
pub use change::{ChangeReason, StateChange};
pub use compose::{Composed, Present, Withheld, compose, needed};
pub use counts::{COUNTS, OLDEST_PENDING_SECONDS};
pub use destination::{Destination, GroupBy};
pub use dispatcher::{Dispatcher, Ports};
pub use group::{MOST_TOLD, group_of};
pub use hours::Hours;
pub use inhibit::{InhibitRule, Target, inhibitors, targets};
pub use links::{LINK_TTL, Link, LinkAction, LinkError, LinkKeys};
pub use mute::RoutingContext;
pub use ports::{
    AlertReader, Clock, DueQueue, Known, LinkMaker, Outbox, OutboxError, OwnAlerts, Page, Random,
    SettingsSource, Silences, Transport, Wake, Written,
};
pub use route::{Cause, Due, KnownParts, Routed, due, route};
pub use schedule::{GIVE_UP_AFTER_SECS, PROBE_EVERY_SECS, Retry, next_attempt};
pub use select::{EventType, Filter, Level, NotifyOn, Unselected};
pub use settings::Settings;
pub use state::{
    Covered, Damping, DestinationState, DispatcherState, Entry, EntryKey, GroupId, HourCount, InFlight,
    InhibitedTarget, Inhibitor, InhibitorKey, Inhibits, NotificationRecord, NotificationState, Queue,
    QueueKey, RoutingState, Suspension, Told, UnknownNotificationState, Waiting, WaitingReason,
};
