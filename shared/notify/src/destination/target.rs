//! The seven types of destination, and which module speaks for which.

use super::discord::Discord;
use super::mattermost::Mattermost;
use super::opsgenie::Opsgenie;
use super::pagerduty::PagerDuty;
use super::rocketchat::RocketChat;
use super::slack::Slack;
use super::webhook::Webhook;
use crate::answer::Answer;
use crate::attempt::Attempt;
use crate::judgement::{Judgement, Progress};
use crate::message::Kind;
use crate::reach::Reach;
use crate::request::Request;
use crate::secret::SecretUrl;
use crate::settings::Fields;

/// What kind of destination it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// A Discord webhook.
    Discord,
    /// PagerDuty's Events API v2.
    PagerDuty,
    /// A Slack incoming webhook.
    Slack,
    /// Opsgenie's Alert API.
    Opsgenie,
    /// A Mattermost incoming webhook.
    Mattermost,
    /// A Rocket.Chat incoming webhook.
    RocketChat,
    /// A webhook of one's own.
    Webhook,
}

impl Type {
    /// Every type.
    pub const ALL: [Self; 7] = [
        Self::Discord,
        Self::PagerDuty,
        Self::Slack,
        Self::Opsgenie,
        Self::Mattermost,
        Self::RocketChat,
        Self::Webhook,
    ];

    /// The word used in the settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::PagerDuty => "pagerduty",
            Self::Slack => "slack",
            Self::Opsgenie => "opsgenie",
            Self::Mattermost => "mattermost",
            Self::RocketChat => "rocketchat",
            Self::Webhook => "webhook",
        }
    }

    /// Whether it opens incidents, which stay open until they are told of the end.
    pub(crate) const fn opens_incidents(self) -> bool {
        matches!(self, Self::PagerDuty | Self::Opsgenie)
    }
}

/// How a destination is reached, by its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Discord(Discord),
    PagerDuty(PagerDuty),
    Slack(Slack),
    Opsgenie(Opsgenie),
    Mattermost(Mattermost),
    RocketChat(RocketChat),
    Webhook(Box<Webhook>),
}

impl Target {
    pub(super) fn read(kind: Type, fields: &mut Fields, reach: &Reach) -> Option<Self> {
        Some(match kind {
            Type::Discord => Self::Discord(Discord::read(fields, reach)?),
            Type::PagerDuty => Self::PagerDuty(PagerDuty::read(fields, reach)?),
            Type::Slack => Self::Slack(Slack::read(fields, reach)?),
            Type::Opsgenie => Self::Opsgenie(Opsgenie::read(fields, reach)?),
            Type::Mattermost => Self::Mattermost(Mattermost::read(fields, reach)?),
            Type::RocketChat => Self::RocketChat(RocketChat::read(fields, reach)?),
            Type::Webhook => Self::Webhook(Box::new(Webhook::read(fields, reach)?)),
        })
    }

    pub(super) const fn kind(&self) -> Type {
        match self {
            Self::Discord(_) => Type::Discord,
            Self::PagerDuty(_) => Type::PagerDuty,
            Self::Slack(_) => Type::Slack,
            Self::Opsgenie(_) => Type::Opsgenie,
            Self::Mattermost(_) => Type::Mattermost,
            Self::RocketChat(_) => Type::RocketChat,
            Self::Webhook(_) => Type::Webhook,
        }
    }

    pub(super) const fn url(&self) -> &SecretUrl {
        match self {
            Self::Discord(discord) => &discord.webhook_url,
            Self::PagerDuty(pagerduty) => &pagerduty.api_url,
            Self::Slack(slack) => &slack.webhook_url,
            Self::Opsgenie(opsgenie) => &opsgenie.api_url,
            Self::Mattermost(mattermost) => &mattermost.webhook_url,
            Self::RocketChat(rocketchat) => &rocketchat.webhook_url,
            Self::Webhook(webhook) => &webhook.url,
        }
    }

    /// Every text that an answer must not carry into a log or the table.
    pub(super) fn secrets(&self) -> Vec<String> {
        let more = match self {
            Self::PagerDuty(pagerduty) => return vec![pagerduty.integration_key.expose().to_owned()],
            Self::Opsgenie(opsgenie) => return vec![opsgenie.api_key.expose().to_owned()],
            Self::Webhook(webhook) => webhook.secrets(),
            _ => Vec::new(),
        };
        [self.url().sensitive_parts(), more].concat()
    }

    /// Which acknowledgements it is told of; a chat has no place for them.
    pub(super) const fn is_told_of_handling(&self, kind: Kind) -> bool {
        match self {
            Self::PagerDuty(_) => matches!(kind, Kind::Acknowledged),
            Self::Opsgenie(_) => true,
            Self::Webhook(webhook) => webhook.is_told_of_handling(),
            _ => false,
        }
    }

    /// Whether it has to remember the label set that it announced an alert by.
    pub(crate) const fn announces_labels(&self) -> bool {
        matches!(self, Self::Webhook(webhook) if webhook.announces_labels())
    }

    pub(super) fn request(&self, id: &str, attempt: &Attempt<'_>) -> Request {
        match self {
            Self::Discord(discord) => discord.request(attempt),
            Self::PagerDuty(pagerduty) => pagerduty.request(attempt),
            Self::Slack(slack) => slack.request(attempt.message),
            Self::Opsgenie(opsgenie) => opsgenie.request(attempt),
            Self::Mattermost(mattermost) => mattermost.request(attempt.message),
            Self::RocketChat(rocketchat) => rocketchat.request(attempt.message),
            Self::Webhook(webhook) => webhook.request(id, attempt),
        }
    }

    pub(super) fn judge(&self, attempt: &Attempt<'_>, answer: &Answer) -> Judgement {
        match self {
            Self::Discord(discord) => discord.judge(attempt, answer),
            Self::PagerDuty(_) => PagerDuty::judge(attempt, answer),
            Self::Slack(_) => Slack::judge(attempt, answer),
            Self::Opsgenie(_) => Opsgenie::judge(attempt, answer),
            Self::Mattermost(_) => Mattermost::judge(attempt, answer),
            Self::RocketChat(_) => RocketChat::judge(attempt, answer),
            Self::Webhook(_) => Webhook::judge(attempt, answer),
        }
    }

    /// Where a retry begins when no answer came to the request at `progress`.
    pub(super) fn resumes_at(&self, progress: &Progress) -> Progress {
        match self {
            Self::Opsgenie(_) => Opsgenie::resumes_at(progress),
            _ => Progress::Start,
        }
    }
}
