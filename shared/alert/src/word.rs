//! The words that stand for a type's values in JSON, in queries and in keys: one list a type.

/// A word that names no value of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a {kind}: use {}", .known.join(", "))]
pub struct UnknownWord {
    /// What was expected.
    pub kind: &'static str,
    /// What was found, cut to 64 characters.
    pub word: String,
    /// What would have been right.
    pub known: Vec<&'static str>,
}

/// Gives a type without data its words: `ALL`, `as_str`, `Display` and `FromStr`.
macro_rules! words {
    ($type:ident is a $kind:literal: $($variant:ident $word:literal),+ $(,)?) => {
        impl $type {
            /// Every value, in the order of their definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in JSON, in queries and in keys.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.iter().find(|value| value.as_str() == word);
                known.copied().ok_or_else(|| crate::UnknownWord {
                    kind: $kind,
                    word: word.chars().take(64).collect(),
                    known: Self::ALL.iter().map(|value| value.as_str()).collect(),
                })
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    use crate::{Condition, Severity, Source};

    #[test]
    fn an_unknown_word_is_refused_with_the_known_ones() {
        let error = "down".parse::<Condition>().unwrap_err();
        assert_eq!(error.to_string(), "`down` is not a condition: use firing, resolved, expired");
    }

    #[test]
    fn words_are_those_of_json() {
        for source in Source::ALL {
            assert_eq!(serde_json::to_value(source).unwrap(), source.as_str());
            assert_eq!(source.as_str().parse(), Ok(*source));
        }
        assert!(Severity::ALL.is_sorted());
    }
}
