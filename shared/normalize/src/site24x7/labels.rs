//! What identifies a monitor's alert to people.

use alert::Labels;

/// Names to values, of which the absent ones leave no label.
pub(super) fn labels<'a>(entries: impl IntoIterator<Item = (&'a str, Option<String>)>) -> Labels {
    entries.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// `entries` as one text; `None` if there are none.
pub(super) fn joined(entries: &[String]) -> Option<String> {
    (!entries.is_empty()).then(|| entries.join(", "))
}

/// A label `tag_<k>` for each tag `k:v`; two values of one `k` are joined.
pub(super) fn tag_labels(tags: &[String]) -> Labels {
    let mut labels = Labels::new();
    for (name, value) in tags.iter().filter_map(|tag| split(tag)) {
        let values = labels.entry(name).or_default();
        if !values.is_empty() {
            values.push_str(", ");
        }
        values.push_str(value);
    }
    labels
}

fn split(tag: &str) -> Option<(String, &str)> {
    let (name, value) = tag.split_once(':')?;
    let (name, value) = (name.trim(), value.trim());
    (!name.is_empty() && !value.is_empty()).then(|| (format!("tag_{}", label_name(name)), value))
}

/// `text` in the letters that Prometheus takes in a label's name.
fn label_name(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
