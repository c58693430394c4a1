//! The way out: state change ▸ mute ▸ route ▸ group ▸ notification ▸ attempt. Pure decisions, and an engine behind ports.
//!
//! # The players
//!
//! - A **state change** comes from the table's stream. [`Dispatcher::handle_changes`] *routes* it: for each destination
//!   [`route`] decides whether it is notified now (an [`Entry`] becomes pending), later (a [`RoutingState`] waits) or never. It
//!   sends nothing, so no destination waits for another one; it only wakes who has something due.
//! - A **queue** ([`Queue`]) stands for one group of alerts at one destination. Its head holds what the destination knows to
//!   be firing (`notified`), which is the only truth about that, and says when the next notification is due.
//! - A **sender** ([`Dispatcher::deliver`]) serves one destination, by one invocation at a time, which has the *lease*. It
//!   *claims* what is due, worst first, makes one notification of all that is pending ([`compose`]) and attempts it.
//! - The **tick** ([`Dispatcher::tick`]) decides again what waited, follows silences, compares what was notified with what is
//!   (so that lost records and mistaken settings heal) and wakes who has something due.
//!
//! # A notification's life
//!
//! ```text
//!            entries come                claim: in the head,          the channel's verdict
//!  waiting ───────────────▸ due ────────  for 120 seconds ─▸ claimed ──────────────────────▸ sent
//!     ▴                      ▴                                 │ │ │
//!     │ a silence, another   │ retry, by the schedule, or      │ │ └─ refused for good ──────▸ failed
//!     │ alert, the hours,    │ the claim ended: a crash        │ │
//!     │ a rung, damping      └─────────────────────────────────┘ └─── failed for a day ──────▸ dead
//!     │
//!     └ decided again by the tick
//!
//!  beside it, of the destination as a whole: suspended (credentials refused, address denied). All is held, nothing is lost;
//!  one probe an hour, or none until the settings change or the operator resumes it. A hold is the same with an end.
//! ```
//!
//! # What the claim is for, and what may be repeated
//!
//! The claim keeps two senders from saying one thing twice. It is written, with what is said, before the request goes out, and
//! given back in the same write that says what the destination now knows. A crash in between leaves the notification
//! *ambiguous*: it is repeated once the claim has ended, with the same id if it says the same. Nothing else is ever repeated.
//!
//! Every write is of one item, conditional on what was read, and every story can be notified again from its beginning: a batch
//! comes again, a tick follows a tick. The order of writes is entry, queue, routing state; and record, queue, entries gone.

mod availability;
mod canary;
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
mod statistics;
#[cfg(feature = "testing")]
pub mod testing;

pub use availability::{Availability, availability};
pub use canary::{Canary, CanaryLeg};
pub use change::{ChangeReason, StateChange};
pub use channels::{Event, Probe};
pub use compose::{Composed, Present, Withheld, compose, needed};
pub use counts::{COUNTS, MEASURES, OLDEST_PENDING_SECONDS};
pub use destination::{Destination, GroupBy};
pub use dispatcher::{DestinationStatus, Dispatcher, Explanation, Fares, MOST_WAITING, Ports};
pub use group::{MOST_NOTIFIED, group_of};
pub use hours::Hours;
pub use inhibit::{InhibitRule, Inhibiting, Target, inhibitors, targets};
pub use links::{LINK_TTL, Link, LinkAction, LinkError, LinkKeys};
pub use mute::RoutingContext;
pub use ports::{
    AlertReader, DueQueue, Known, LinkMaker, Outbox, OutboxError, OwnAlerts, Page, Random, SettingsSource,
    Silences, Transport, Wake, Written,
};
pub use route::{Cause, Due, KnownParts, Routed, due, route};
pub use schedule::{GIVE_UP_AFTER_SECS, PROBE_EVERY_SECS, Retry, next_attempt};
pub use select::{EventType, Filter, Level, NotifyOn, Unselected};
pub use settings::NotificationConfiguration;
pub use state::{
    Covered, Damping, DestinationState, DispatcherState, Entry, EntryKey, GroupId, HourCount, InFlight,
    InhibitedTarget, Inhibitor, InhibitorKey, Inhibits, NotificationRecord, NotificationState, Notified,
    Queue, QueueKey, RoutingState, Suspension, UnknownNotificationState, Waiting, WaitingReason,
};
pub use statistics::{
    Counted, CountedChange, DayStatistics, Durations, MOST_NAMES, Noise, Noisiest, Period, WeekTimes,
};
