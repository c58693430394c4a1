//! The way out: state change ▸ mute ▸ route ▸ group ▸ notification ▸ attempt. Pure, behind ports.

mod change;
mod compose;
mod destination;
mod group;
mod hours;
mod inhibit;
mod mute;
mod ports;
mod route;
mod select;
mod settings;
mod span;
mod state;

pub use change::{ChangeReason, StateChange};
pub use compose::{Composed, Present, Withheld, compose, needed};
pub use destination::{Destination, GroupBy};
pub use group::{MOST_TOLD, group_of};
pub use hours::Hours;
pub use inhibit::{InhibitRule, Target, inhibitors, targets};
pub use mute::RoutingContext;
pub use ports::{
    AlertReader, Clock, DueQueue, Known, Outbox, OutboxError, OwnAlerts, Page, Random, SettingsSource,
    Silences, Transport, Wake, Written,
};
pub use route::{Cause, Due, KnownParts, Routed, due, route};
pub use select::{EventType, Filter, Level, NotifyOn, Unselected};
pub use settings::Settings;
pub use state::{
    Covered, Damping, DestinationState, DispatcherState, Entry, EntryKey, GroupId, HourCount, InFlight,
    InhibitedTarget, Inhibitor, InhibitorKey, Inhibits, NotificationRecord, NotificationState, Queue,
    QueueKey, RoutingState, Suspension, Told, Waiting, WaitingReason,
};
