//! The names of the secrets that something reads.

use std::path::Path;

use alert::Source;
use intake::WEBHOOKS;
use serde_json::{Map, Value};

/// The secrets that belong to no source, without their prefix.
const OTHERS: [&str; 5] = ["api", "destinations", "links", "oidc", "session"];

/// Every secret, without its prefix.
pub(in crate::command) fn names() -> Vec<&'static str> {
    WEBHOOKS.iter().map(|source| Source::as_str(*source)).chain(OTHERS).collect()
}

/// Those that are there only where people sign in.
pub(in crate::command) const OPTIONAL: [&str; 2] = ["oidc", "session"];

/// How different a name may be from a known one to be taken for a misspelling of it.
const MISSPELT: f64 = 0.75;

/// What is to be said of each name in `file` that nothing reads.
pub(in crate::command) async fn unknown_names(file: &Path, prefix: &str) -> Vec<String> {
    let document = tokio::fs::read(file).await.unwrap_or_default();
    // One that cannot be read is reported where its secrets are read.
    let document: Map<String, Value> = serde_json::from_slice(&document).unwrap_or_default();
    document.keys().filter_map(|name| unknown(name, prefix)).collect()
}

fn unknown(name: &str, prefix: &str) -> Option<String> {
    let known: Vec<_> = names().into_iter().map(|known| format!("{prefix}/{known}")).collect();
    if known.iter().any(|known| known == name) {
        return None;
    }
    let likeness = |known: &String| strsim::normalized_levenshtein(known, name);
    let nearest = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    Some(match nearest.filter(|nearest| likeness(nearest) >= MISSPELT) {
        Some(nearest) => format!("the secret `{name}` is read by nothing: did you mean `{nearest}`?"),
        None => format!(
            "the secret `{name}` is read by nothing: check its spelling, and CAMPANILE_SECRET_PREFIX, which is `{prefix}`"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nothing_reads_is_named_with_the_one_that_was_probably_meant() {
        assert_eq!(unknown("campanile/kazoo", "campanile"), None);
        assert_eq!(unknown("tower/kazoo", "tower"), None);
        assert_eq!(
            unknown("campanile/kazo", "campanile").unwrap(),
            "the secret `campanile/kazo` is read by nothing: did you mean `campanile/kazoo`?"
        );
        assert_eq!(
            unknown("prod/slack", "campanile").unwrap(),
            "the secret `prod/slack` is read by nothing: check its spelling, and CAMPANILE_SECRET_PREFIX, which is \
             `campanile`"
        );
    }
}
