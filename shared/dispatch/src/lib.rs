//! The way out: state change ▸ mute ▸ route ▸ group ▸ notification ▸ attempt. Pure, behind ports.

mod change;
mod destination;
mod hours;
mod inhibit;
mod links;
mod ports;
mod select;
mod settings;
mod state;

pub use change::{ChangeReason, StateChange};
pub use destination::{Destination, GroupBy};
pub use hours::Hours;
pub use inhibit::{InhibitRule, Target, inhibitors, targets};
pub use links::{LINK_TTL, Link, LinkAction, LinkError, LinkKeys};
pub use ports::{
    AlertReader, Clock, DueQueue, Known, Outbox, OutboxError, OwnAlerts, Page, Random, SettingsSource,
    Silences, Transport, Wake, Written,
};
pub use select::{EventType, Filter, Level, NotifyOn, Unselected};
pub use settings::Settings;
pub use state::{
    Covered, Damping, DestinationState, DispatcherState, Entry, EntryKey, GroupId, HourCount, InFlight,
    InhibitedTarget, Inhibitor, InhibitorKey, Inhibits, NotificationRecord, NotificationState, Queue,
    QueueKey, RoutingState, Suspension, Told, Waiting, WaitingReason,
};
