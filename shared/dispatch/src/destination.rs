//! A destination of the settings: whom to notify, of what, when, and how.

use std::sync::Arc;

use channels::{Channel, Deliver};

use crate::hours::Hours;
use crate::select::{Filter, NotifyOn};

/// One destination of the settings.
#[derive(Debug, Clone)]
pub struct Destination {
    /// Unique and stable: part of a queue's key.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// Whether it is notified anything at all.
    pub is_enabled: bool,
    /// Which alerts it is notified of.
    pub filter: Filter,
    /// Which changes of them it is notified of.
    pub notify_on: NotifyOn,
    /// Changes, or the present state.
    pub deliver: Deliver,
    /// What alerts of one notification share.
    pub group_by: GroupBy,
    /// How long the first notification of a group is held back.
    pub group_wait_secs: u32,
    /// How long changes are collected after a notification.
    pub group_interval_secs: u32,
    /// For how long after an opening further openings of the same alert are held back.
    pub damping_secs: Option<u32>,
    /// How long an alert must fire before it is notified.
    pub after_secs: Option<u32>,
    /// Whether it is not notified what somebody has acknowledged by then.
    pub unless_acknowledged: bool,
    /// How often it is notified again what still fires.
    pub repeat_secs: Option<u32>,
    /// When it may be notified of what begins.
    pub hours: Hours,
    /// Whether notifications carry links to acknowledge.
    pub has_links: bool,
    /// How it is reached.
    pub channel: Arc<dyn Channel>,
    /// Changes with every change of its type and settings. 64 bits of a SHA-256 hash, in hex.
    pub settings_digest: String,
}

/// What alerts of one notification share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// Nothing: each alert is a group by itself.
    EachAlert,
    /// The values of these labels.
    Labels(Vec<String>),
}
