//! An alert as Alertmanager and its clients know it: its labels, its name, their fingerprint and its annotations.
//! Silences, routes and queries match the same labels.

use crate::{Alert, Labels, Source};

/// The start value and the factor of 64-bit FNV-1a.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// The annotation that keeps an alert's `generatorURL` where it is no link that anybody can follow.
pub const GENERATOR_URL: &str = "generator_url";

/// The labels of `alert` as they are served: its own, and where absent `alertname`, `severity`, `source`, `account`. What
/// came from an Alertmanager is served exactly as it was received.
///
/// How an alert is handled is never among them: it would change the fingerprint.
pub fn served_labels(alert: &Alert) -> Labels {
    let mut labels = alert.labels.clone();
    if alert.source == Source::Alertmanager {
        return labels;
    }
    let own = [
        ("alertname", alert_name(alert)),
        ("severity", alert.severity.as_str()),
        ("source", alert.source.as_str()),
        ("account", &alert.account),
    ];
    for (name, value) in own {
        add(&mut labels, name, value);
    }
    labels
}

/// The annotations of `alert` as they are served: its own, where absent `summary`, `description` and `value`, and always
/// which alert it is and how it is handled. To what came from an Alertmanager none is added that its sender could have
/// written.
pub fn served_annotations(alert: &Alert) -> Labels {
    let mut annotations = alert.annotations.clone();
    let texts = [
        ("summary", Some(&alert.title)),
        ("description", alert.summary.as_ref()),
        ("value", alert.value.as_ref()),
    ];
    for (name, text) in texts.into_iter().filter(|_| alert.source != Source::Alertmanager) {
        add(&mut annotations, name, text.map_or("", String::as_str));
    }
    annotations.remove(GENERATOR_URL);
    annotations.insert("campanile_fingerprint".to_owned(), alert.fingerprint.to_string());
    annotations.insert("campanile_handling".to_owned(), alert.handling.as_str().to_owned());
    if let Some(acknowledgement) = &alert.acknowledgement {
        annotations.insert("acknowledged_by".to_owned(), acknowledgement.by.clone());
        annotations.insert("acknowledged_at".to_owned(), acknowledgement.at.to_string());
        annotations.extend(acknowledgement.note.clone().map(|note| ("note".to_owned(), note)));
    }
    annotations
}

/// What `alert` is called where a name must not change: its title may.
pub fn alert_name(alert: &Alert) -> &str {
    let label = |name: &str| alert.labels.get(name).filter(|value| !value.is_empty());
    let name = label("alertname").or_else(|| label("kind")).or_else(|| label("monitor_name"));
    name.map_or(alert.source.as_str(), String::as_str)
}

/// Alertmanager's fingerprint of a label set: FNV-1a over names and values in byte order, each followed by `0xFF`.
pub fn served_fingerprint(labels: &Labels) -> String {
    let texts = labels.iter().flat_map(|(name, value)| [name, value]);
    let bytes = texts.flat_map(|text| text.bytes().chain([0xFF]));
    let hash = bytes.fold(FNV_OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
    format!("{hash:016x}")
}

fn add(labels: &mut Labels, name: &str, value: &str) {
    if !value.is_empty() && !labels.contains_key(name) {
        labels.insert(name.to_owned(), value.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(labels: &[(&str, &str)]) -> String {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        served_fingerprint(&labels)
    }

    #[test]
    fn fingerprints_are_those_of_alertmanager() {
        assert_eq!(fingerprint(&[]), "cbf29ce484222325");
        assert_eq!(
            fingerprint(&[("fear", "love is not enough"), ("name", "garland, briggs")]),
            "507a62d79ee76c9a"
        );
        assert_eq!(fingerprint(&[("alertname", "InstanceDown")]), "87b13d6d636b9edd");
        assert_eq!(
            fingerprint(&[("alertname", "InstanceDown"), ("severity", "critical")]),
            "767cb822c691ad83"
        );
        assert_eq!(
            fingerprint(&[("alertname", "InstanceDown"), ("severity", "warning")]),
            "adf34ae9f23a8ce2"
        );
        assert_eq!(
            fingerprint(&[
                ("severity", "critical"),
                ("alertname", "InstanceDown"),
                ("code", "200"),
                ("instance", "127.0.0.1:9090"),
                ("job", "prometheus"),
                ("monitor", "codelab-monitor"),
            ]),
            "791cec13fcba0368"
        );
        assert_eq!(fingerprint(&[("alertname", "t550")]), "024412f521ebd122");
    }
}
