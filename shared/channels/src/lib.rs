//! Destination types: each reads its settings, renders a request and interprets the answer.
//!
//! [`Channel`] is the only contract, and [`CHANNEL_TYPES`] the only list of those who keep it. What is said is a
//! [`Notification`]; one try to say it is an [`Attempt`], and what the answer means is an [`Interpretation`]. Nothing here
//! does I/O or reads a clock.

mod arn;
mod ascii;
mod attempt;
mod aws;
mod aws_service;
mod channel;
mod chat;
mod cloudevents;
mod dingtalk;
mod discord;
mod email;
mod eventbridge;
mod feishu;
mod inspection;
mod interpretation;
mod jsm;
mod json;
mod layout;
mod mac;
mod mattermost;
mod notification;
mod ntfy;
mod opsgenie;
mod pagerduty;
mod reason;
mod registry;
mod robot;
mod rocketchat;
pub mod settings;
mod shade;
mod slack;
mod slack_bot;
mod sns;
mod synthetic;
mod teams;
mod telegram;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod timing;
mod webhook;
mod wecom;
mod wording;

pub use arn::aws_region;
pub use attempt::{
    Attempt, Hold, HoldScope, Interpretation, Memory, Next, Probe, Progress, Request, Verdict,
};
pub use aws_service::AwsService;
pub use channel::{Channel, Deliver, Lifecycle, Ownership, OwnershipFailure};
pub use inspection::{Inspection, InspectionFailure};
pub use notification::{AlertSubject, Event, GroupSubject, Links, Notification, SeverityCounts, Subject};
pub use reason::reason;
pub use registry::{CHANNEL_TYPES, ChannelType, ReadChannel, read_channel};
pub use synthetic::test_notifications;
