//! Every destination type, one line each.

use std::sync::Arc;

use net::EgressPolicy;

use crate::settings::Fields;
use crate::{
    Channel, dingtalk, discord, email, eventbridge, feishu, jsm, mattermost, ntfy, opsgenie, pagerduty,
    rocketchat, slack, slack_bot, sns, teams, telegram, webhook, wecom,
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
    ChannelType { name: "wecom", read: wecom::read },
    ChannelType { name: "dingtalk", read: dingtalk::read },
    ChannelType { name: "feishu", read: feishu::read },
    ChannelType { name: "ntfy", read: ntfy::read },
    ChannelType { name: "sns", read: sns::read },
    ChannelType { name: "eventbridge", read: eventbridge::read },
    ChannelType { name: "email", read: email::read },
];

/// Reads the settings of a destination of type `name`, whose addresses `egress` must permit; none if there is no such
/// type, or if something is wrong, which is then noted in `fields`.
pub fn read_channel(name: &str, fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let channel_type = CHANNEL_TYPES.iter().find(|channel_type| channel_type.name == name)?;
    (channel_type.read)(fields, egress)
}
