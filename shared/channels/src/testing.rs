//! For tests, here and in the crates above: example notifications, settings that read, and servers that answer as the
//! vendors do.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test ends where it fails"
)]

mod alert_api;
mod aws;
pub mod destinations;
mod examples;
mod flow;
mod html;
mod robots;
mod slack_web;
mod stand_in;
mod telegram;

use std::sync::Arc;

use net::EgressPolicy;
use serde_json::{Value, json};

pub use alert_api::{AlertApi, Incident, alert_api};
pub use aws::AwsStandIn;
pub use examples::{alert, alerts, group, group_of, labels, links, notification, notification_of, now};
pub use flow::card_mistakes;
pub use robots::{Rules, robot};
pub use slack_web::{RateLimit, slack_web};
pub use stand_in::{answering, stand_in, success};
pub use telegram::{Chat, telegram};

use crate::settings::Fields;
use crate::{Channel, read_channel};

/// The path of a webhook; no test may find it in an error.
pub const PATH: &str = "/hooks/0123456789secret";

/// What vendors know the examples by.
const API_KEY: &str = "11111111-2222-3333-4444-555555555555";
const SLACK_TOKEN: &str = "xoxb-0123456789secret";
const SLACK_CHANNEL: &str = "C0123456789";
const TELEGRAM_TOKEN: &str = "123456:0123456789secret-0123456789-abcdefg";
const TELEGRAM_CHAT: &str = "-1001234567890";
const TEAMS_QUERY: &str = "api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=a-b_0123456789secret%3D";

/// Settings that each type needs to reach a server at `base`, or AWS.
pub fn settings_of(type_name: &str, base: &str) -> Value {
    let url = format!("{base}{PATH}");
    match type_name {
        "pagerduty" => json!({ "integration_key": "0123456789abcdef0123456789abcdef", "api_url": url }),
        "opsgenie" | "jsm" => json!({ "api_key": API_KEY, "api_url": base }),
        "slack_bot" => {
            json!({ "bot_token": SLACK_TOKEN, "channel": SLACK_CHANNEL, "api_url": format!("{base}/api") })
        }
        "telegram" => {
            json!({ "bot_token": TELEGRAM_TOKEN, "chat_id": TELEGRAM_CHAT, "topic_id": 7, "api_url": base })
        }
        "teams" => {
            let path = "powerautomate/automations/direct/workflows/0123/triggers/manual/paths/invoke";
            json!({ "webhook_url": format!("{base}/{path}?{TEAMS_QUERY}") })
        }
        "wecom" => json!({ "webhook_url": format!("{base}/cgi-bin/webhook/send?key=0123456789secret") }),
        "dingtalk" => {
            let url = format!("{base}/robot/send?access_token={}", "0123456789abcdef".repeat(4));
            json!({ "webhook_url": url, "secret": robots::DINGTALK_SECRET })
        }
        "feishu" => {
            let url = format!("{base}/open-apis/bot/v2/hook/0123456789secret");
            json!({ "webhook_url": url, "secret": robots::FEISHU_SECRET })
        }
        "ntfy" => json!({ "server": base, "topic": "ops-0123456789secret", "token": "tk_0123456789secret" }),
        "sns" => json!({ "topic_arn": "arn:aws:sns:eu-central-1:123456789012:alerts" }),
        "eventbridge" => {
            json!({ "event_bus": "arn:aws:events:eu-central-1:123456789012:event-bus/alerts" })
        }
        "email" => {
            json!({ "from": "alerts@example.com", "to": ["ops@example.com"], "region": "eu-central-1" })
        }
        "webhook" => json!({ "url": format!("{url}?team=ops"), "auth": "bearer", "token": "token-of-ours" }),
        _ => json!({ "webhook_url": url }),
    }
}

/// A destination of type `type_name` at `base`, with `more` in its settings.
pub fn channel(type_name: &str, base: &str, more: &Value) -> Arc<dyn Channel> {
    let mut settings = settings_of(type_name, base);
    for (name, value) in more.as_object().unwrap() {
        settings[name] = value.clone();
    }
    read(type_name, settings).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// Reads settings that may lead to this machine; the mistakes as texts where there are any.
pub fn read(type_name: &str, settings: Value) -> Result<Arc<dyn Channel>, Vec<String>> {
    read_within(type_name, settings, &EgressPolicy::public().and_loopback())
}

/// Reads settings that may lead to where `egress` permits.
pub fn read_within(
    type_name: &str,
    settings: Value,
    egress: &EgressPolicy,
) -> Result<Arc<dyn Channel>, Vec<String>> {
    let mut mistakes = Vec::new();
    let mut fields = Fields::of("settings".to_owned(), settings, &mut mistakes);
    let channel = fields.as_mut().and_then(|fields| read_channel(type_name, fields, egress));
    mistakes.extend(fields.map(Fields::finish).unwrap_or_default());
    match channel {
        Some(channel) if mistakes.is_empty() => Ok(channel),
        _ => Err(mistakes.iter().map(ToString::to_string).collect()),
    }
}
