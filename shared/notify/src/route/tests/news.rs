//! What happened, told from an alert's state before and after.

use super::*;

#[test]
fn news_are_seen_between_two_images() {
    let between = |old: Option<&Alert>, new: &Alert| News::between(old, new);
    let told = |transition| Some(News::Transition(transition));
    let warning = firing(Severity::Warning);
    let critical = firing(Severity::Critical);
    let over = resolved(Severity::Warning);
    let expired = alert(Condition::Expired, Severity::Warning);
    let never_fired = Alert { occurrences: 0, ..over.clone() };
    assert_eq!(between(None, &warning), told(Transition::Opened));
    assert_eq!(between(None, &never_fired), told(Transition::Resolved));
    assert_eq!(between(Some(&never_fired), &warning), told(Transition::Opened));
    assert_eq!(between(Some(&over), &warning), told(Transition::Reopened));
    assert_eq!(between(Some(&expired), &warning), told(Transition::Reopened));
    assert_eq!(between(Some(&warning), &critical), told(Transition::Escalated));
    assert_eq!(between(Some(&critical), &warning), told(Transition::Deescalated));
    assert_eq!(between(Some(&warning), &over), told(Transition::Resolved));
    assert_eq!(between(Some(&expired), &over), told(Transition::Resolved));
    assert_eq!(between(Some(&warning), &expired), told(Transition::Expired));
    assert_eq!(between(Some(&warning), &warning), None);
    let taken = Alert {
        acknowledgement: Some(alert::Acknowledgement { by: "ada".to_owned(), note: None, at: at(0) }),
        ..warning.clone()
    };
    assert_eq!(between(Some(&warning), &taken), Some(News::Acknowledged));
    assert_eq!(between(Some(&taken), &taken), None);
    assert_eq!(between(Some(&taken), &warning), Some(News::Unacknowledged { by: None, note: None }));
    assert_eq!(between(Some(&taken), &critical), told(Transition::Escalated));
    assert_eq!(between(Some(&taken), &over), told(Transition::Resolved));
}

#[test]
fn a_change_between_two_images_knows_how_bad_it_was() {
    let (warning, critical) = (firing(Severity::Warning), firing(Severity::Critical));
    let change = Change::between(Some(&warning), &critical, Hearing::Audible, at(5)).unwrap();
    assert_eq!(change.previous_severity, Some(Severity::Warning));
    assert_eq!((change.news, change.at), (News::Transition(Transition::Escalated), at(5)));
    assert_eq!(Change::between(Some(&warning), &warning, Hearing::Audible, at(5)), None);
}
