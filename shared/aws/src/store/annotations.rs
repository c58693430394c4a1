//! Annotations as an alert's state holds them: cut, because every write of a state costs its size. The history has them whole.

use alert::Labels;

/// Most bytes of the names and values of a state's annotations.
const MOST_BYTES: usize = 16 * 1024;

/// `annotations`, of which the longest are cut until all together fit a state.
pub(crate) fn cut(annotations: &Labels) -> Labels {
    let mut longest = annotations.values().map(String::len).max().unwrap_or_default();
    while bytes(annotations, longest) > MOST_BYTES && longest > 0 {
        longest /= 2;
    }
    let mut left = MOST_BYTES;
    let shortened = annotations.iter().map(|(name, value)| (name.clone(), shortened(value, longest)));
    shortened
        .take_while(|(name, value)| {
            let fits = left.checked_sub(name.len() + value.len());
            left = fits.unwrap_or_default();
            fits.is_some()
        })
        .collect()
}

/// How many bytes all would have if none was longer than `longest`.
fn bytes(annotations: &Labels, longest: usize) -> usize {
    annotations.iter().map(|(name, value)| name.len() + value.len().min(longest)).sum()
}

/// `value`, in `longest` bytes at most; `…` says that there was more.
fn shortened(value: &str, longest: usize) -> String {
    if value.len() <= longest {
        return value.to_owned();
    }
    let kept = longest.saturating_sub('…'.len_utf8());
    let end = (0..=kept).rev().find(|end| value.is_char_boundary(*end)).unwrap_or_default();
    format!("{}…", &value[..end])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(members: &[(&str, String)]) -> Labels {
        members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn few_annotations_stay_as_they_are() {
        let few = labels(&[("summary", "x".repeat(10_000)), ("runbook", "y".repeat(6_000))]);
        assert_eq!(cut(&few), few);
    }

    #[test]
    fn the_longest_are_cut_and_the_short_ones_stay() {
        let many =
            labels(&[("description", "é".repeat(40_000)), ("runbook", "https://example.com/".to_owned())]);
        let cut = cut(&many);
        assert_eq!(cut["runbook"], many["runbook"]);
        assert!(cut["description"].ends_with("é…") && cut["description"].len() > 4_000);
    }

    proptest! {
        #[test]
        fn whatever_comes_fits(annotations in prop::collection::btree_map(".{0,40}", ".{0,2000}", 0..80)) {
            let cut = cut(&annotations);
            prop_assert!(bytes(&cut, usize::MAX) <= MOST_BYTES + 4 * cut.len());
        }
    }
}
