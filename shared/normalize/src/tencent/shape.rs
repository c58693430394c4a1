//! Which of the known bodies a document is. The order of the questions is part of the answer.

use super::document::Section;

/// How the sources of Tencent Cloud's own events end.
pub(super) const SOURCE_SUFFIX: &str = ".cloud.tencent";

/// What a JSON object can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing in it: somebody tries the address.
    Probe,
    /// An event of a Tencent Cloud product, by EventBridge's HTTP target.
    CloudEvent,
    /// An event of anything else that an event bus carries.
    ForeignCloudEvent,
    /// The callback's own body, for metric and event alarms, and EventBridge's imitation of it.
    DefaultBody,
    /// A body that the user wrote with the variables of a notification template.
    Template,
    /// The console's check of a callback URL, as it was until 2020.
    Verification,
    /// Anything else: other products' alarms have bodies of their own.
    Unknown,
}

impl Shape {
    pub(super) fn of(document: Section<'_>) -> Self {
        let has_any = |keys: &[&str]| keys.iter().any(|key| document.has(key));
        if document.is_empty() {
            return Self::Probe;
        }
        if let (Some(_), Some(source)) = (document.scalar("specversion"), document.scalar("source")) {
            let is_ours = source.ends_with(SOURCE_SUFFIX);
            return if is_ours { Self::CloudEvent } else { Self::ForeignCloudEvent };
        }
        if has_any(&["alarmStatus", "alarmObjInfo", "alarmPolicyInfo"]) {
            return Self::DefaultBody;
        }
        let has_status = has_any(&["status", "status_fmt", "status_level_fmt"]);
        if has_status && has_any(&["policy_id", "policy_name", "object", "content"]) {
            return Self::Template;
        }
        if has_any(&["msg"]) { Self::Verification } else { Self::Unknown }
    }
}
