//! Telling people: who is told of what, in whose words, and what their answer means.
//!
//! [`Settings`] says who wants to hear of what. [`route`] decides about one change and one destination and yields a
//! [`Message`]. [`Courier::deliver`] makes one [`Attempt`] to send it and yields an [`Outcome`]; [`next_attempt`] says
//! when to try again. All but the courier is pure: time and randomness are parameters, and what must be remembered
//! between two calls is data that the caller keeps.
//!
//! No credential is in a [`Message`], a [`Standing`], an [`Outcome`] or an error; only a [`Destination`] holds them, and does not
//! print them.

mod answer;
mod attempt;
mod courier;
mod destination;
mod judgement;
mod message;
mod reach;
mod request;
mod retry;
mod route;
mod secret;
mod settings;
mod shade;
mod text;
mod trial;

pub use answer::Unanswered;
pub use attempt::{Attempt, Known, Outcome};
pub use courier::{BuildError, Courier, Deadlines, Lookup, Lookups, SystemLookup};
pub use destination::{ChallengeFailure, Destination, Type};
pub use ipnet::IpNet;
pub use judgement::{Hold, Learned, Probe, Progress, Scope, Verdict};
pub use message::{Kind, Message};
pub use reach::{DeniedAddress, Reach, UrlMistake};
pub use retry::{GIVE_UP_AFTER_SECS, Next, PROBE_EVERY_SECS, next_attempt};
pub use route::{
    Change, Choice, Damping, Decision, Filter, Hearing, Level, News, NoticeType, Standing, route,
};
pub use settings::{Mistake, Settings, Warning};
