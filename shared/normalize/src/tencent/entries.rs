//! Labels and annotations, with names that Prometheus takes.

use alert::Labels;

/// Labels or annotations in the making.
#[derive(Debug, Default)]
pub(super) struct Entries(Labels);

impl Entries {
    /// Adds `value` under `name`, unless either is blank. Of two values under one name both are kept: keys
    /// that differ only in what a name cannot hold must not hide each other.
    pub(super) fn put(mut self, name: &str, value: Option<impl Into<String>>) -> Self {
        let name = prometheus_name(name);
        let Some(value) = value.map(Into::into).filter(|value| !value.is_empty() && !name.is_empty()) else {
            return self;
        };
        let known = self.0.entry(name).or_default();
        if known.is_empty() {
            *known = value;
        } else if *known != value {
            *known = format!("{known}, {value}");
        }
        self
    }

    /// Adds every one of `pairs` under its key after `prefix`.
    pub(super) fn put_all(self, prefix: &str, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        pairs
            .into_iter()
            .fold(self, |entries, (key, value)| entries.put(&format!("{prefix}{key}"), Some(value)))
    }

    /// What has been added.
    pub(super) fn finish(self) -> Labels {
        self.0
    }
}

/// `alarmNotifyPeriod` as `alarm_notify_period`.
pub(super) fn snake_case(key: &str) -> String {
    let mut name = String::with_capacity(key.len() + 4);
    let mut is_word_open = false;
    for c in key.chars() {
        if c.is_ascii_uppercase() && is_word_open {
            name.push('_');
        }
        is_word_open = c.is_ascii_lowercase() || c.is_ascii_digit();
        name.push(c.to_ascii_lowercase());
    }
    name
}

fn prometheus_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_letters_digits_and_underscores() {
        let entries = Entries::default().put("dim_a.b-c/é", Some("x")).finish();
        assert_eq!(entries.into_keys().collect::<Vec<_>>(), ["dim_a_b_c__"]);
    }

    #[test]
    fn keys_that_become_one_name_keep_both_values() {
        let entries = Entries::default().put("a.b", Some("1")).put("a-b", Some("2")).put("a b", Some("1, 2"));
        assert_eq!(entries.finish()["a_b"], "1, 2");
    }

    #[test]
    fn nothing_is_added_without_a_name_or_a_value() {
        let entries = Entries::default().put("", Some("x")).put("a", Some("")).put("b", None::<String>);
        assert!(entries.finish().is_empty());
    }

    #[test]
    fn camel_case_becomes_snake_case() {
        assert_eq!(snake_case("alarmNotifyPeriod"), "alarm_notify_period");
        assert_eq!(snake_case("policyTypeCName"), "policy_type_cname");
        assert_eq!(snake_case("top5Value"), "top5_value");
    }
}
