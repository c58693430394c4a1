//! Alertmanager's fingerprint of an alert: a hash of the labels and of nothing else.

use alert::Labels;

const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;
/// Ends each name and value; no UTF-8 text holds it.
const SEPARATOR: u8 = 0xff;

/// FNV-1a of 64 bits over `labels` in the order of their names' bytes, as 16 hex digits.
pub(super) fn fingerprint(labels: &Labels) -> String {
    let texts = labels.iter().flat_map(|(name, value)| [name, value]);
    let bytes = texts.flat_map(|text| text.bytes().chain([SEPARATOR]));
    let hash = bytes.fold(OFFSET_BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(labels: &[(&str, &str)]) -> String {
        fingerprint(&labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn the_published_vectors_hold() {
        assert_eq!(of(&[]), "cbf29ce484222325");
        assert_eq!(of(&[("fear", "love is not enough"), ("name", "garland, briggs")]), "507a62d79ee76c9a");
        let down = ("alertname", "InstanceDown");
        assert_eq!(of(&[down]), "87b13d6d636b9edd");
        assert_eq!(of(&[down, ("severity", "critical")]), "767cb822c691ad83");
        assert_eq!(of(&[("severity", "warning"), down]), "adf34ae9f23a8ce2");
        let more = [
            ("code", "200"),
            ("instance", "127.0.0.1:9090"),
            ("job", "prometheus"),
            ("monitor", "codelab-monitor"),
            ("severity", "critical"),
        ];
        assert_eq!(of(&[&[down][..], &more].concat()), "791cec13fcba0368");
        assert_eq!(of(&[("alertname", "t550")]), "024412f521ebd122");
    }
}
