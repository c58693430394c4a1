//! Words of which there are few: clap lists them where another is typed, and shells complete them.

use clap::builder::PossibleValuesParser;

/// A parser of the words that `word` says of `known`.
pub(super) fn word_of<T: Copy>(known: &[T], word: fn(T) -> &'static str) -> PossibleValuesParser {
    PossibleValuesParser::new(known.iter().map(|value| word(*value)))
}
