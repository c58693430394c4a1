//! What is cut of an event that is too large, and what never is.

use alert::{AlertEvent, Labels, Signal};
use proptest::prelude::*;

use crate::event;

fn with_labels(labels: Labels) -> AlertEvent {
    AlertEvent { labels, ..event(Signal::Firing, 1) }
}

fn with_annotations(annotations: Labels) -> AlertEvent {
    AlertEvent { annotations, ..event(Signal::Firing, 1) }
}

fn numbered(entries: usize, bytes: usize) -> Labels {
    (0..entries).map(|entry| (format!("name_{entry:05}"), "x".repeat(bytes))).collect()
}

fn size(map: &Labels) -> usize {
    map.iter().map(|(name, value)| name.len() + value.len()).sum()
}

#[test]
fn labels_are_never_cut_neither_in_number_nor_in_length() {
    for labels in [numbered(3_000, 10), numbered(1, 90_000), numbered(70, 1_300)] {
        let bounded = with_labels(labels.clone()).bounded();
        assert_eq!(bounded.labels, labels);
        assert_eq!(bounded.check_labels(), Ok(()));
    }
}

#[test]
fn labels_that_no_item_holds_are_named_as_such() {
    let error = with_labels(numbered(1, 98_400)).bounded().check_labels().unwrap_err();
    assert_eq!(
        error.to_string(),
        "its labels are 98410 bytes long and must not be longer than 98304: send fewer or shorter ones"
    );
}

#[test]
fn of_annotations_the_longest_are_cut_and_short_ones_stay_whole() {
    let long = [("description", 300_000), ("runbook", 20_000)].map(|(name, n)| (name.into(), "ü".repeat(n)));
    let short: Labels = [("summary".into(), "disk full".into()), ("value".into(), "x".repeat(4_000))].into();
    let bounded = with_annotations(short.clone().into_iter().chain(long).collect()).bounded();
    assert!(short.iter().all(|(name, value)| &bounded.annotations[name] == value));
    for name in ["description", "runbook"] {
        let cut = &bounded.annotations[name];
        assert!(cut.ends_with("ü…") && cut.len() > 6_000, "{name}: {}", cut.len());
    }
}

#[test]
fn annotations_that_fit_are_not_cut_whatever_their_number_and_length() {
    for annotations in [numbered(300, 40), numbered(1, 16_000)] {
        assert_eq!(with_annotations(annotations.clone()).bounded().annotations, annotations);
    }
}

#[test]
fn of_annotations_without_end_the_first_are_kept() {
    let bounded = with_annotations(numbered(10_000, 100)).bounded();
    assert!(bounded.annotations.len() > 200 && bounded.annotations.contains_key("name_00000"));
}

proptest! {
    #[test]
    fn annotations_always_fit_and_cutting_twice_is_cutting_once(
        annotations in prop::collection::btree_map("[a-zé]{0,12}", ("[xéü🔔]", 0_usize..9_000), 0..40),
    ) {
        let annotations = annotations.into_iter().map(|(name, (text, times))| (name, text.repeat(times))).collect();
        let bounded = with_annotations(annotations).bounded();
        prop_assert!(size(&bounded.annotations) <= 16 * 1024);
        prop_assert_eq!(bounded.clone().bounded(), bounded);
    }
}
