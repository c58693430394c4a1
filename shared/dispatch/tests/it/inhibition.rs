//! Inhibition equals a literal reading of Alertmanager's rule.

use alert::matcher::{Matcher, all_match};
use alert::{Alert, Condition, Labels, Severity, Source, served_labels};
use dispatch::{InhibitRule, Inhibiting, Inhibitor, inhibitors, targets};

use crate::setup::{firing, start};

/// `Inhibitor.Mutes` of Alertmanager, read literally over all alerts.
fn mutes_literally(rules: &[InhibitRule], alerts: &[Alert], target: &Labels) -> bool {
    rules.iter().any(|rule| {
        if !all_match(&rule.target_matchers, target) {
            return false;
        }
        let excludes_two_sided = all_match(&rule.source_matchers, target);
        alerts.iter().filter(|alert| alert.condition == Condition::Firing).any(|alert| {
            let source = served_labels(alert);
            let value = |labels: &Labels, name: &String| labels.get(name).cloned().unwrap_or_default();
            all_match(&rule.source_matchers, &source)
                && rule.equal.iter().all(|name| value(&source, name) == value(target, name))
                && !(excludes_two_sided && all_match(&rule.target_matchers, &source))
        })
    })
}

fn mutes_by_key(rules: &[InhibitRule], alerts: &[Alert], target: &Alert) -> bool {
    let all: Vec<Inhibitor> = alerts.iter().flat_map(|alert| inhibitors(rules, alert)).collect();
    targets(rules, target).into_iter().any(|target| {
        let found: Vec<_> = all.iter().filter(|inhibitor| inhibitor.key == target.key).cloned().collect();
        target.is_muted_by(&found)
    })
}

fn matchers(random: &mut fastrand::Rng) -> Vec<Matcher> {
    let texts = ["a=1", "a=2", "a!=1", "b=1", "b=~\"1|2\"", "b=\"\"", "c!=\"\"", "c=1"];
    (0..random.usize(0..3)).map(|_| random.choice(texts).unwrap().parse().unwrap()).collect()
}

fn alert(random: &mut fastrand::Rng, number: usize) -> Alert {
    let mut alert = firing(&number.to_string(), "n", Severity::High, start());
    alert.source = Source::Alertmanager;
    alert.labels.clear();
    for name in ["a", "b", "c", "d"] {
        let value = random.choice(["", "1", "2"]).unwrap();
        if random.bool() {
            alert.labels.insert(name.to_owned(), value.to_owned());
        }
    }
    if random.u8(0..4) == 0 {
        alert.condition = Condition::Resolved;
    }
    alert
}

#[test]
fn what_is_found_by_key_is_what_alertmanager_would_find_among_all_alerts() {
    for seed in 0..20_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let rules: Vec<_> = (0..random.usize(1..3))
            .map(|_| InhibitRule {
                source_matchers: matchers(&mut random),
                target_matchers: matchers(&mut random),
                equal: ["a", "b", "d"]
                    .iter()
                    .filter(|_| random.u8(0..3) == 0)
                    .map(|name| (*name).to_owned())
                    .collect(),
            })
            .collect();
        let alerts: Vec<_> = (0..random.usize(1..6)).map(|number| alert(&mut random, number)).collect();
        let mut inhibiting = Inhibiting::default();
        for inhibitor in alerts.iter().flat_map(|alert| inhibitors(&rules, alert)) {
            inhibiting.add(inhibitor.key, inhibitor.fingerprint, inhibitor.is_two_sided);
        }
        for target in &alerts {
            let by = inhibiting.by_which(&rules, target);
            let is_expected = target.condition == Condition::Firing
                && mutes_literally(&rules, &alerts, &served_labels(target));
            assert_eq!(!by.is_empty(), is_expected, "seed {seed}: {target:?} by {by:?}");
            assert!(by.iter().all(|by| inhibiting.has(*by)) && by.windows(2).all(|two| two[0] < two[1]));
            let literal = mutes_literally(&rules, &alerts, &served_labels(target));
            assert_eq!(
                mutes_by_key(&rules, &alerts, target),
                literal,
                "seed {seed}: {target:?} by {rules:?}"
            );
        }
    }
}

#[test]
fn an_unreachable_node_mutes_the_alerts_of_that_node_and_no_others() {
    let rules = InhibitRule::built_in();
    assert_eq!(rules.len(), 4);
    let node = firing("node_unreachable", "n1", Severity::Critical, start());
    let of = |alert: &Alert| mutes_by_key(&rules, std::slice::from_ref(&node), alert);
    assert!(of(&firing("cpu", "n1", Severity::Warning, start())));
    assert!(!of(&firing("cpu", "n2", Severity::Warning, start())));
    assert!(!of(&node));
    let mut without_id = firing("cpu", "n1", Severity::Warning, start());
    without_id.labels.remove("node_id");
    assert!(of(&without_id));
    let mut other_space = firing("cpu", "n1", Severity::Warning, start());
    other_space.account = "another".to_owned();
    assert!(!of(&other_space));
    let mut namesake = firing("cpu", "n1", Severity::Warning, start());
    namesake.labels.insert("node_id".to_owned(), "another".to_owned());
    assert!(!of(&namesake));
}
