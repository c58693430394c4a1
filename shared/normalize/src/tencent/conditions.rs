//! What a policy watches for, as `alarmPolicyInfo.conditions` of the default body states it.

use std::collections::BTreeSet;

use super::document::Section;
use super::entries::snake_case;
use super::wording::with_unit;

/// Conditions that stand in other fields already.
const NAMES: [&str; 3] = ["metricName", "eventName", "productName"];

/// One condition, or several that fire together; value and threshold are those of the first.
#[derive(Debug)]
pub(super) struct Conditions<'a>(Vec<Section<'a>>);

impl<'a> Conditions<'a> {
    pub(super) fn of(policy: Section<'a>) -> Self {
        Self(policy.sections("conditions"))
    }

    /// What every condition has under the first of `keys` that it has: sorted, each once, with commas between.
    pub(super) fn names(&self, keys: &[&str]) -> Option<String> {
        let names: BTreeSet<_> = self.0.iter().filter_map(|condition| condition.first_scalar(keys)).collect();
        (!names.is_empty()).then(|| names.into_iter().collect::<Vec<_>>().join(","))
    }

    /// The measured value with its unit.
    pub(super) fn value(&self) -> Option<String> {
        let value = self.first("currentValue")?;
        Some(with_unit(&value, self.first("unit").as_deref()))
    }

    /// How the value is compared, such as `> 95%`; metrics without a threshold have none.
    pub(super) fn threshold(&self) -> Option<String> {
        let unit = self.first("calcUnit").or_else(|| self.first("unit"));
        let limit = with_unit(&self.first("calcValue")?, unit.as_deref());
        Some(match self.first("calcType") {
            Some(comparison) => format!("{comparison} {limit}"),
            None => limit,
        })
    }

    /// Whether it says how the value is compared.
    pub(super) fn has_comparison(&self) -> bool {
        self.first("calcType").is_some()
    }

    /// For how long the value was past the threshold, such as `5 × 60 s`.
    pub(super) fn window(&self) -> Option<String> {
        let period = self.first("period")?;
        Some(match self.first("periodNum") {
            Some(periods) => format!("{periods} × {period} s"),
            None => format!("{period} s"),
        })
    }

    /// All that the first condition says beside its names.
    pub(super) fn details(&self) -> Vec<(String, String)> {
        let is_name = |key: &str| NAMES.iter().any(|name| name.eq_ignore_ascii_case(key));
        let entries = self.0.first().into_iter().flat_map(|condition| condition.entries());
        let details = entries.filter(|(key, value)| !is_name(key) && !is_none(value));
        details.map(|(key, value)| (snake_case(&key), value)).collect()
    }

    fn first(&self, key: &str) -> Option<String> {
        self.0.first()?.scalar(key).filter(|text| !is_none(text))
    }
}

/// Absent values arrive as the word that the sender's language prints for them.
fn is_none(text: &str) -> bool {
    text == "None"
}
