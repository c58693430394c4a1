//! The annotations that clients of Alertmanager see of our alert.

use alert::{Alert, Labels};

/// The annotations of `alert` as they are served: its own, its texts where absent, and how it is handled.
pub fn served_annotations(alert: &Alert) -> Labels {
    let mut annotations = alert.annotations.clone();
    let texts = [
        ("summary", Some(&alert.title)),
        ("description", alert.summary.as_ref()),
        ("value", alert.value.as_ref()),
    ];
    for (name, text) in texts {
        add(&mut annotations, name, text.map_or("", String::as_str));
    }
    annotations.insert("campanile_fingerprint".to_owned(), alert.fingerprint.to_string());
    annotations.insert("campanile_handling".to_owned(), alert.handling.as_str().to_owned());
    if let Some(acknowledgement) = &alert.acknowledgement {
        annotations.insert("acknowledged_by".to_owned(), acknowledgement.by.clone());
        annotations.insert("acknowledged_at".to_owned(), acknowledgement.at.to_string());
        annotations.extend(acknowledgement.note.clone().map(|note| ("note".to_owned(), note)));
    }
    annotations
}

fn add(labels: &mut Labels, name: &str, value: &str) {
    if !value.is_empty() && !labels.contains_key(name) {
        labels.insert(name.to_owned(), value.to_owned());
    }
}
