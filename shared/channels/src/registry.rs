//! Every destination type, one line each.

use std::sync::Arc;

use net::EgressPolicy;

use crate::settings::Fields;
use crate::{
    Channel, discord, jsm, mattermost, opsgenie, pagerduty, rocketchat, slack, slack_bot, teams, telegram,
    webhook,
};

/// Reads a type's settings; what is wrong is noted in the fields.
pub type ReadChannel = fn(&mut Fields, &EgressPolicy) -> Option<Arc<dyn Channel>>;

/// One destination type.
#[derive(Debug, Clone, Copy)]
pub struct ChannelType {
    /// The word in the settings' `type`.
    pub name: &'static str,
    /// Reads the settings of one.
    pub read: ReadChannel,
}

/// The types that settings may name.
pub const CHANNEL_TYPES: &[ChannelType] = &[
    ChannelType { name: "discord", read: discord::read },
    ChannelType { name: "pagerduty", read: pagerduty::read },
    ChannelType { name: "slack", read: slack::read },
    ChannelType { name: "opsgenie", read: opsgenie::read },
    ChannelType { name: "jsm", read: jsm::read },
    ChannelType { name: "mattermost", read: mattermost::read },
    ChannelType { name: "rocketchat", read: rocketchat::read },
    ChannelType { name: "webhook", read: webhook::read },
    ChannelType { name: "teams", read: teams::read },
    ChannelType { name: "telegram", read: telegram::read },
    ChannelType { name: "slack_bot", read: slack_bot::read },
];

/// Reads the settings of a destination of type `name`, whose addresses `egress` must permit; none if there is no such
/// type, or if something is wrong, which is then noted in `fields`.
pub fn read_channel(name: &str, fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let channel_type = CHANNEL_TYPES.iter().find(|channel_type| channel_type.name == name)?;
    (channel_type.read)(fields, egress)
}
