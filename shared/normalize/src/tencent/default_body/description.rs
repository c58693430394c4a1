//! How a default body's alarm is shown and searched: its texts, labels and annotations.

use alert::Labels;

use super::super::entries::Entries;
use super::super::identity::{Identity, Kind};
use super::super::{dimensions, region, wording};
use super::{Alarm, Course};
use crate::value::filled;

impl Alarm<'_> {
    pub(super) fn title(&self) -> String {
        let name = self.dimensions.scalar("deviceName");
        let name = name.or_else(|| dimensions::resource(self.dimensions));
        let what = self.shown_name().or_else(|| self.policy_shown());
        let what: Vec<_> = what.into_iter().chain(self.threshold()).collect();
        wording::title(filled(&what.join(" ")), name.as_deref())
    }

    /// The metric or the event, as people know it.
    fn shown_name(&self) -> Option<String> {
        match self.kind {
            Kind::Event => self.conditions.names(&["eventShowName", "eventName"]),
            _ => self.conditions.names(&["metricShowName", "metricName"]),
        }
    }

    pub(super) fn summary(&self, course: &Course) -> Option<String> {
        if self.kind == Kind::Event {
            let product = self.conditions.names(&["productShowName", "productName"]);
            let lines = [("Product", product), ("Region", self.region())];
            return wording::summary(lines, self.document.pairs("additionalMsg"));
        }
        let threshold = [self.threshold(), self.conditions.window()];
        let threshold = threshold.into_iter().flatten().collect::<Vec<_>>().join(" for ");
        let lines = [
            ("Value", self.value()),
            ("Threshold", filled(&threshold).map(str::to_owned)),
            ("Policy", self.policy_shown()),
            ("Region", self.region()),
            ("Duration", wording::duration(course.lasted_secs)),
        ];
        wording::summary(lines, [])
    }

    fn policy_shown(&self) -> Option<String> {
        self.policy.first_scalar(&["policyName", "policyId"])
    }

    fn threshold(&self) -> Option<String> {
        match self.kind {
            Kind::Event => None,
            _ => self.conditions.threshold(),
        }
    }

    pub(super) fn value(&self) -> Option<String> {
        match self.kind {
            Kind::Event => None,
            _ => self.conditions.value(),
        }
    }

    pub(super) fn service(&self) -> Option<String> {
        if self.kind == Kind::Event {
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
            Kind::Event => &["eventName"],
            _ => &["metricName"],
        });
        let policy_id = policy.scalar("policyId");
        let policy_name = policy.scalar("policyName").filter(|_| policy_id.is_none());
        let alert_name = name.or_else(|| policy_id.clone()).or_else(|| policy_name.clone());
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
            .put_all("dim_", identity.dimensions.iter().cloned())
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
            .finish()
    }
}
