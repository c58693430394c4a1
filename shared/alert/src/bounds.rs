//! What a table item can hold of an event: labels are the identity and stay whole, everything else may be cut.

use crate::{AlertEvent, Labels};

/// Longest title and name, in characters.
const TITLE_CHARS: usize = 512;
/// Longest summary or other text, in characters.
const TEXT_CHARS: usize = 2048;
/// Most bytes of all labels; a table item holds 400 KB.
const LABEL_BYTES: usize = 96 * 1024;
/// Most bytes of all annotations.
const ANNOTATION_BYTES: usize = 16 * 1024;
/// As short as no annotation is cut.
const LEAST_BYTES: usize = 64;

/// Labels that no table item holds. None of them may be cut: the rest would name another alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "its labels are {bytes} bytes long and must not be longer than {LABEL_BYTES}: send fewer or shorter ones"
)]
pub struct LabelsTooLarge {
    bytes: usize,
}

impl AlertEvent {
    /// Cuts texts and annotations to what a table item can hold, at character boundaries and with `…`; the whole
    /// request is kept beside the event. Labels stay as they are, but for one without a name, which no item takes.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        for text in [&mut self.title, &mut self.account, &mut self.severity_raw] {
            cut_to_chars(text, TITLE_CHARS);
        }
        let texts = [&mut self.summary, &mut self.resource, &mut self.service, &mut self.value];
        for text in texts.into_iter().chain([&mut self.url, &mut self.episode]).flatten() {
            cut_to_chars(text, TEXT_CHARS);
        }
        self.labels.remove("");
        self.annotations.remove("");
        bound(&mut self.annotations);
        self
    }

    /// Whether a table item holds all its labels.
    pub fn check_labels(&self) -> Result<(), LabelsTooLarge> {
        let bytes = size(&self.labels, usize::MAX);
        if bytes > LABEL_BYTES { Err(LabelsTooLarge { bytes }) } else { Ok(()) }
    }
}

/// How long `map` is with no value longer than `longest`, in bytes.
fn size(map: &Labels, longest: usize) -> usize {
    map.iter().map(|(name, value)| name.len() + value.len().min(longest)).sum()
}

/// Cuts the longest values, all to one length, so that short ones stay whole; entries go only where that is not enough.
fn bound(annotations: &mut Labels) {
    if size(annotations, usize::MAX) <= ANNOTATION_BYTES {
        return;
    }
    let longest = longest_that_fits(annotations);
    for value in annotations.values_mut() {
        cut_to_bytes(value, longest);
    }
    let mut bytes = 0;
    annotations.retain(|name, value| {
        bytes += name.len() + value.len();
        bytes <= ANNOTATION_BYTES
    });
}

/// The longest that a value may be, in bytes.
fn longest_that_fits(annotations: &Labels) -> usize {
    let (mut fits, mut too_long) = (LEAST_BYTES, ANNOTATION_BYTES);
    while too_long - fits > 1 {
        let middle = usize::midpoint(fits, too_long);
        if size(annotations, middle) <= ANNOTATION_BYTES { fits = middle } else { too_long = middle }
    }
    fits
}

fn cut_to_chars(text: &mut String, most_chars: usize) {
    if text.chars().nth(most_chars).is_some() {
        let end = text.char_indices().nth(most_chars - 1).map_or(0, |(end, _)| end);
        text.truncate(end);
        text.push('…');
    }
}

fn cut_to_bytes(text: &mut String, most_bytes: usize) {
    if text.len() > most_bytes {
        text.truncate(text.floor_char_boundary(most_bytes - '…'.len_utf8()));
        text.push('…');
    }
}
