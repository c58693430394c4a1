//! Which alerts mute which, by Alertmanager's rule to the letter.
//!
//! A target is muted while a firing alert matches the source side of a rule and has the same values of the `equal` labels,
//! where a label that is missing equals one that is empty. A target that matches the source side, too, is muted
//! only by an alert that does not match the target side: so nothing that matches both sides mutes its like, or itself.
//! Whether the source is silenced, inhibited, acknowledged or selected by a destination does not matter.

use std::collections::{BTreeSet, HashMap, HashSet};

use alert::matcher::{Matcher, Operator, all_match};
use alert::{Alert, Condition, Fingerprint, Labels, served_labels};

use crate::{Inhibitor, InhibitorKey};

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InhibitRule {
    /// What a muting alert's served labels satisfy, all of them.
    pub source_matchers: Vec<Matcher>,
    /// What a muted alert's served labels satisfy, all of them.
    pub target_matchers: Vec<Matcher>,
    /// The labels whose values both have in common.
    pub equal: Vec<String>,
}

/// How one rule may mute an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Where the alerts are found that do.
    pub key: InhibitorKey,
    /// Whether the alert matches the source side, too.
    pub is_two_sided: bool,
}

impl InhibitRule {
    /// The built-in rules: an unreachable Netdata node mutes the alerts of that node. A node is known by its id, or by its
    /// host's name where one of both sides has no id.
    pub fn built_in() -> Vec<Self> {
        let rule = |equal: &str, more: [(&str, Operator); 2]| {
            let matcher = |(name, operator), value| Matcher::new(name, operator, value);
            let source = [
                matcher(("source", Operator::Equal), "netdata"),
                matcher(("alertname", Operator::Equal), "node_unreachable"),
                matcher((equal, Operator::NotEqual), ""),
                matcher(more[0], ""),
            ];
            let target = [
                matcher(("source", Operator::Equal), "netdata"),
                matcher(("alertname", Operator::NotEqual), "node_unreachable"),
                matcher((equal, Operator::NotEqual), ""),
                matcher(more[1], ""),
            ];
            Some(Self {
                source_matchers: source.into_iter().collect::<Result<_, _>>().ok()?,
                target_matchers: target.into_iter().collect::<Result<_, _>>().ok()?,
                equal: vec!["account".to_owned(), equal.to_owned()],
            })
        };
        let (has, lacks) = (("node_id", Operator::NotEqual), ("node_id", Operator::Equal));
        let rules = [
            rule("node_id", [has, has]),
            rule("instance", [lacks, has]),
            rule("instance", [has, lacks]),
            rule("instance", [lacks, lacks]),
        ];
        rules.into_iter().flatten().collect()
    }

    /// How the rule may mute an alert of these served labels, if it may.
    pub fn target(&self, served: &Labels) -> Option<Target> {
        all_match(&self.target_matchers, served)
            .then(|| Target { key: self.key(served), is_two_sided: all_match(&self.source_matchers, served) })
    }

    /// What an alert of these served labels mutes by the rule while it fires.
    fn inhibitor(&self, alert: &Alert, served: &Labels) -> Option<Inhibitor> {
        all_match(&self.source_matchers, served).then(|| Inhibitor {
            key: self.key(served),
            fingerprint: alert.fingerprint,
            is_two_sided: all_match(&self.target_matchers, served),
            revision: alert.revision,
        })
    }

    fn key(&self, served: &Labels) -> InhibitorKey {
        let texts = |matchers: &[Matcher]| {
            let texts: Vec<_> = matchers.iter().map(ToString::to_string).collect();
            Fingerprint::of(texts).to_string()
        };
        let values = self.equal.iter().map(|name| served.get(name).cloned().unwrap_or_default());
        let names = self.equal.iter().cloned();
        let sides = [texts(&self.source_matchers), texts(&self.target_matchers)];
        Fingerprint::of(sides.into_iter().chain(names).chain(values))
    }
}

/// What `alert` mutes by `rules`, as it is now.
pub fn inhibitors(rules: &[InhibitRule], alert: &Alert) -> Vec<Inhibitor> {
    if alert.condition != Condition::Firing || rules.is_empty() {
        return Vec::new();
    }
    let served = served_labels(alert);
    rules.iter().filter_map(|rule| rule.inhibitor(alert, &served)).collect()
}

/// How `rules` may mute `alert`.
pub fn targets(rules: &[InhibitRule], alert: &Alert) -> Vec<Target> {
    if rules.is_empty() {
        return Vec::new();
    }
    let served = served_labels(alert);
    rules.iter().filter_map(|rule| rule.target(&served)).collect()
}

/// What inhibits at one moment, by key, to say it of many alerts.
#[derive(Debug, Clone, Default)]
pub struct Inhibiting {
    by_key: HashMap<InhibitorKey, Vec<(Fingerprint, bool)>>,
    alerts: HashSet<Fingerprint>,
}

impl Inhibiting {
    /// Takes in that the alert `fingerprint` inhibits what `key` names; `is_two_sided` as [`Inhibitor`] has it.
    pub fn add(&mut self, key: InhibitorKey, fingerprint: Fingerprint, is_two_sided: bool) {
        self.by_key.entry(key).or_default().push((fingerprint, is_two_sided));
        self.alerts.insert(fingerprint);
    }

    /// Whether the alert `fingerprint` inhibits anything.
    pub fn has(&self, fingerprint: Fingerprint) -> bool {
        self.alerts.contains(&fingerprint)
    }

    /// The alerts that inhibit `alert` by `rules`, each once, in order; none where it does not fire.
    pub fn by_which(&self, rules: &[InhibitRule], alert: &Alert) -> Vec<Fingerprint> {
        if alert.condition != Condition::Firing || self.alerts.is_empty() {
            return Vec::new();
        }
        let targets = targets(rules, alert).into_iter();
        let found = targets.filter_map(|target| Some((target, self.by_key.get(&target.key)?)));
        let by = found.flat_map(|(target, inhibiting)| {
            let mutes = move |is_two_sided| !(target.is_two_sided && is_two_sided);
            inhibiting.iter().filter(move |(_, is_two_sided)| mutes(*is_two_sided)).map(|(by, _)| *by)
        });
        by.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl Target {
    /// Whether one of `inhibitors`, which were found by its key, mutes it.
    pub fn is_muted_by(self, inhibitors: &[Inhibitor]) -> bool {
        inhibitors.iter().any(|inhibitor| !(self.is_two_sided && inhibitor.is_two_sided))
    }
}
