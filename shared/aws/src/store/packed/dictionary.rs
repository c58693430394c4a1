//! What documents have in common: names, skeletons and words of JSON, and no values of anybody.
//!
//! A dictionary is never changed, since what was deflated with it is read with it. A better one is a new file with a number
//! of its own, which is from then on the one that is written with.

use std::io::{self, Error, ErrorKind};

use alert::Source;

/// A dictionary, by its place among all that ever were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dictionary(u8);

/// By number, from 1.
const WORDS: [&[u8]; 6] = [
    include_bytes!("1-netdata.txt"),
    include_bytes!("2-kazoo.txt"),
    include_bytes!("3-tencent.txt"),
    include_bytes!("4-site24x7.txt"),
    include_bytes!("5-alertmanager.txt"),
    include_bytes!("6-outbox.txt"),
];

impl Dictionary {
    /// That of the notifier's own items.
    pub(crate) const OUTBOX: Self = Self(6);
    #[cfg(test)]
    pub(crate) const ALL: &[Self] = &[Self(1), Self(2), Self(3), Self(4), Self(5), Self::OUTBOX];

    /// The one for what `source` says; a source without one of its own is best served by Alertmanager's, which has little but
    /// our own names.
    pub(crate) const fn of(source: Source) -> Self {
        match source {
            Source::Netdata => Self(1),
            Source::Kazoo => Self(2),
            Source::Tencent => Self(3),
            Source::Site24x7 => Self(4),
            _ => Self(5),
        }
    }

    /// The one of this number.
    pub(super) fn numbered(number: u8) -> io::Result<Self> {
        let is_known = number > 0 && usize::from(number) <= WORDS.len();
        let unknown =
            || Error::new(ErrorKind::InvalidData, format!("it has dictionary {number}, of a newer version"));
        is_known.then_some(Self(number)).ok_or_else(unknown)
    }

    pub(super) const fn number(self) -> u8 {
        self.0
    }

    pub(super) fn words(self) -> &'static [u8] {
        WORDS.get(usize::from(self.0).wrapping_sub(1)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// Whoever changes a dictionary makes unreadable what was written with it.
    #[test]
    fn no_dictionary_was_ever_changed() {
        let digests = WORDS.map(|words| {
            let hash = Sha256::digest(words);
            hash.iter().take(6).fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"))
        });
        assert_eq!(
            digests,
            ["59d81526bbd5", "965b0cf0552c", "2e54b30319be", "1c10227f0940", "c4af05d98650", "024adcd6310a"]
        );
    }

    #[test]
    fn each_dictionary_is_found_by_its_number() {
        for source in Source::ALL {
            let dictionary = Dictionary::of(*source);
            assert_eq!(Dictionary::numbered(dictionary.number()).unwrap(), dictionary);
            assert!(!dictionary.words().is_empty());
        }
    }
}
