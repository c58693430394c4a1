//! What of an alert other programs see as its annotations.

use ::alert::{Alert, Labels};

use super::alert::utc;

/// The annotations of `alert`, those that Alertmanager's clients look for, and what Campanile alone knows.
pub(super) fn served_annotations(alert: &Alert) -> Labels {
    let mut annotations = alert.annotations.clone();
    let usual = [
        ("summary", Some(&alert.title)),
        ("description", alert.summary.as_ref()),
        ("value", alert.value.as_ref()),
    ];
    for (name, value) in usual {
        if let Some(value) = value {
            annotations.entry(name.to_owned()).or_insert_with(|| value.clone());
        }
    }
    let own = [
        ("campanile_fingerprint", alert.fingerprint.to_string()),
        ("campanile_handling", alert.handling.to_string()),
    ];
    annotations.extend(own.map(|(name, value)| (name.to_owned(), value)));
    if let Some(acknowledgement) = &alert.acknowledgement {
        let told = [
            ("acknowledged_by", Some(acknowledgement.by.clone())),
            ("acknowledged_at", Some(utc(acknowledgement.at))),
            ("note", acknowledgement.note.clone()),
        ];
        annotations.extend(told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    annotations
}
