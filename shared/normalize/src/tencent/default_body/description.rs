//! How a default body's alarm is shown and searched: its texts, labels and annotations.

use alert::Labels;

use super::super::document::Section;
use super::super::entries::{Entries, snake_case};
use super::super::identity::{AlarmType, Identity};
use super::super::{DIMENSION_PREFIX, region, resource, wording};
use super::{Alarm, Lifecycle};
use crate::value::filled;

/// Members that stand in other fields, labels or annotations already.
const DOCUMENT: [&str; 12] = [
    "sessionId",
    "alertId",
    "alarmStatus",
    "alarmType",
    "alarmLevel",
    "alarmObjInfo",
    "alarmPolicyInfo",
    "additionalMsg",
    "firstOccurTime",
    "durationTime",
    "recoverTime",
    "policyDetailURL",
];
const OBJECT: [&str; 5] = ["region", "namespace", "appId", "uin", "dimensions"];
const POLICY: [&str; 11] = [
    "policyId",
    "policyType",
    "policyName",
    "policyTypeCName",
    "policyTypeEname",
    "tag",
    "policyTags",
    "conditions",
    "firstOccurTime",
    "durationTime",
    "recoverTime",
];

impl Alarm<'_> {
    pub(super) fn title(&self) -> String {
        let name = resource::display_name(self.object).or_else(|| resource::resource(self.object));
        let what = self.shown_name().or_else(|| self.policy_shown());
        let what: Vec<_> = what.into_iter().chain(self.threshold_shown()).collect();
        let what = what.join(" ");
        match (name, self.object.scalar("content")) {
            (None, Some(content)) if what.is_empty() || what == content => content,
            (None, Some(content)) => format!("{what}: {content}"),
            (name, _) => wording::title(filled(&what), name.as_deref()),
        }
    }

    /// The metric or the event, as people know it.
    fn shown_name(&self) -> Option<String> {
        match self.kind {
            AlarmType::Event => self.conditions.names(&["eventShowName", "eventName"]),
            _ => self.conditions.names(&["metricShowName", "metricName"]),
        }
    }

    pub(super) fn summary(&self, lifecycle: &Lifecycle) -> Option<String> {
        if self.kind == AlarmType::Event {
            let product = self.conditions.names(&["productShowName", "productName"]);
            let lines = [("Product", product), ("Policy", self.policy_shown()), ("Region", self.region())];
            return wording::summary(self.words(), lines, self.document.pairs("additionalMsg"));
        }
        let threshold = [self.threshold(), self.conditions.window()];
        let threshold = threshold.into_iter().flatten().collect::<Vec<_>>().join(" for ");
        let lines = [
            ("Value", self.value()),
            ("Threshold", filled(&threshold).map(str::to_owned)),
            ("Policy", self.policy_shown()),
            ("Region", self.region()),
            ("Duration", wording::duration(lifecycle.lasted_secs)),
        ];
        wording::summary(self.words(), lines, [])
    }

    fn policy_shown(&self) -> Option<String> {
        self.policy.first_scalar(&["policyName", "policyId"])
    }

    fn threshold(&self) -> Option<String> {
        match self.kind {
            AlarmType::Event => None,
            _ => self.conditions.threshold(),
        }
    }

    /// The threshold behind the metric's name, where it must not read as what was measured.
    fn threshold_shown(&self) -> Option<String> {
        let threshold = self.threshold()?;
        Some(if self.conditions.has_comparison() { threshold } else { format!("(threshold {threshold})") })
    }

    /// What the sender itself says of the object.
    fn words(&self) -> Vec<String> {
        let mut words: Vec<_> =
            ["summary", "content"].iter().filter_map(|key| self.object.scalar(key)).collect();
        words.dedup();
        let title = self.title();
        words.retain(|said| !title.contains(said.as_str()));
        words
    }

    pub(super) fn value(&self) -> Option<String> {
        match self.kind {
            AlarmType::Event => None,
            _ => self.conditions.value(),
        }
    }

    pub(super) fn service(&self) -> Option<String> {
        if self.kind == AlarmType::Event {
            return self.conditions.names(&["productName"]);
        }
        // The network metrics of virtual machines come under the load balancer's namespace.
        if self.policy.scalar("policyType").as_deref() == Some("cvm_device") {
            return Some("cvm".to_owned());
        }
        let namespace = self.object.scalar("namespace")?;
        match namespace.split_once('/') {
            Some((vendor, product)) if vendor.eq_ignore_ascii_case("qce") => Some(product.to_owned()),
            _ => Some(namespace),
        }
    }

    fn region(&self) -> Option<String> {
        self.object.scalar("region").map(region::long_name)
    }

    pub(super) fn labels(&self, identity: &Identity) -> Labels {
        let (policy, object) = (self.policy, self.object);
        let name = self.conditions.names(match self.kind {
            AlarmType::Event => &["eventName"],
            _ => &["metricName"],
        });
        let policy_id = policy.scalar("policyId");
        let policy_name = policy.scalar("policyName").filter(|_| policy_id.is_none());
        let alert_name = name.or_else(|| self.policy_shown());
        Entries::default()
            .put("alertname", alert_name)
            .put("alarm_type", Some(self.kind.as_str()))
            .put("policy_id", policy_id)
            .put("policy_name", policy_name)
            .put("policy_type", policy.scalar("policyType"))
            .put("namespace", object.scalar("namespace"))
            .put("product", self.conditions.names(&["productName"]))
            .put("region", self.region())
            .put("app_id", object.scalar("appId"))
            .put("uin", object.scalar("uin"))
            .put_all(DIMENSION_PREFIX, identity.dimensions.iter().cloned())
            .finish()
    }

    pub(super) fn annotations(&self) -> Labels {
        let (document, policy) = (self.document, self.policy);
        Entries::default()
            .put("session_id", document.flat("sessionId"))
            .put("alert_id", document.flat("alertId"))
            .put("alarm_status", self.status())
            .put("policy_name", policy.scalar("policyName"))
            .put("policy_type_name", policy.first_scalar(&["policyTypeCName", "policyTypeEname"]))
            .put("obj_name", self.dimensions.scalar("objName"))
            .put("device_name", self.dimensions.scalar("deviceName"))
            .put("region_code", self.object.scalar("region"))
            .put("duration_seconds", self.duration().map(|seconds| seconds.to_string()))
            .put_all("obj_detail_", self.dimensions.section("objDetail").entries())
            .put_all("additional_", document.pairs("additionalMsg"))
            .put_all("tag_", policy.pairs("policyTags"))
            .put_all("", self.conditions.details())
            .put_all("", unknown(document, &DOCUMENT))
            .put_all("", unknown(self.object, &OBJECT))
            .put_all("", unknown(policy, &POLICY))
            .finish()
    }
}

/// What `section` holds beside the members that are `known`: nothing that a sender says is lost.
fn unknown(section: Section<'_>, known: &[&str]) -> Vec<(String, String)> {
    let is_known = |key: &str| known.iter().any(|name| name.eq_ignore_ascii_case(key));
    let says_something = |value: &str| !matches!(value, "{}" | "[]");
    let unknown =
        section.entries().into_iter().filter(|(key, value)| !is_known(key) && says_something(value));
    unknown.map(|(key, value)| (snake_case(&key), value)).collect()
}
