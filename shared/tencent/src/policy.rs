//! `DescribeAlarmPolicies`: which templates each policy notifies by.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::call::POLICIES_PAGE_SIZE;

/// The levels of a policy that notifies by level.
pub(crate) const LEVELS: [&str; 3] = ["Remind", "Warn", "Serious"];

/// A page of policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyPage {
    /// Its policies.
    pub policies: Vec<Policy>,
    /// Whether there is no page after it.
    pub is_last: bool,
}

/// A policy, as far as its templates go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The templates that it notifies by.
    pub notice_ids: BTreeSet<String>,
    /// Templates by level, as they are written; none where it notifies by all alike.
    pub(crate) by_level: Vec<Value>,
}

impl PolicyPage {
    /// The policies of a response; any member of one may be null.
    pub fn read(response: &Value) -> Self {
        let policies = response["Policies"].as_array().into_iter().flatten();
        let is_last = policies.clone().count() < POLICIES_PAGE_SIZE;
        Self { policies: policies.filter_map(Policy::read).collect(), is_last }
    }
}

impl Policy {
    fn read(policy: &Value) -> Option<Self> {
        let ids = policy["NoticeIds"].as_array().into_iter().flatten();
        Some(Self {
            id: policy["PolicyId"].as_str()?.to_owned(),
            name: policy["PolicyName"].as_str().unwrap_or_default().to_owned(),
            notice_ids: ids.filter_map(|id| Some(id.as_str()?.to_owned())).collect(),
            by_level: policy["HierarchicalNotices"].as_array().cloned().unwrap_or_default(),
        })
    }

    /// Whether it notifies by the template `id`, at every level where it does so by level.
    pub fn notifies_by(&self, id: &str) -> bool {
        let has_level = |level: &str| {
            let ours = self.by_level.iter().filter(|notice| notice["NoticeId"] == id);
            ours.flat_map(|notice| notice["Classification"].as_array().into_iter().flatten())
                .any(|known| known == level)
        };
        self.notice_ids.contains(id)
            && (self.by_level.is_empty() || LEVELS.iter().all(|level| has_level(level)))
    }

    /// Whether it names the template `id` anywhere.
    pub fn names(&self, id: &str) -> bool {
        self.notice_ids.contains(id) || self.by_level.iter().any(|notice| notice["NoticeId"] == id)
    }
}
