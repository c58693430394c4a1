//! What a person asks for, and what becomes of it: a new silence, a changed one, or a new one in place of the old.
//!
//! The rules are Alertmanager's, so that its tools find what they know.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Silence, SilenceId, SilenceState};
use crate::Labels;
use crate::matcher::{Matcher, MatcherError};
use crate::recurrence::Recurrence;

/// Most annotations of one silence.
const MEMBERS: usize = 64;
/// Most matchers of one silence: tools make one of each label of an alert, and labels are never cut.
const MATCHERS: usize = 512;
/// Most matchers of one silence that are regexes.
const REGEXES: usize = 16;
/// Most characters of a regular expression, an annotation's name and value, a comment, and a name of a person.
const TEXT_CHARS: usize = 2048;
/// Most bytes of all texts of a silence: every reader of alerts reads all silences.
const ALL_BYTES: usize = 64 * 1024;
/// How much of a text an error shows, in characters.
const SHOWN_CHARS: usize = 64;

/// A silence as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilenceDraft {
    /// What an alert's labels must satisfy, all of them.
    pub matchers: Vec<Matcher>,
    /// From when it shall cover.
    pub starts_at: Timestamp,
    /// Until when it shall cover.
    pub ends_at: Timestamp,
    /// The rule by which it shall recur.
    pub recurrence: Option<Recurrence>,
    /// The IANA name of the time zone whose wall clock counts then.
    pub time_zone: Option<String>,
    /// Who asks.
    pub created_by: String,
    /// Why.
    pub comment: String,
    /// What a tool wants to remember of it.
    pub annotations: Labels,
}

/// Why there can be no such silence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SilenceError {
    /// One of its matchers cannot be used.
    #[error(transparent)]
    Matcher(MatcherError),
    /// Every reader of alerts would have to try too many regexes.
    #[error(
        "a silence has at most {REGEXES} matchers with a regex: write one regex for several values, a|b, or several silences"
    )]
    TooManyRegexes,
    /// Every reader of alerts reads every silence that is not over.
    #[error("there are {0} silences that are not over: end some of them first")]
    TooMany(usize),
    /// It would cover every alert.
    #[error("a silence needs a matcher: name at least one label")]
    NoMatcher,
    /// It would cover every alert that lacks the labels.
    #[error("every matcher also matches a label that is not there: make at least one of them match a value")]
    MatchesNothing,
    /// It would never begin.
    #[error("the silence ends before it starts: give an end after its start")]
    EndsBeforeStart,
    /// It would be over at once.
    #[error("the silence ends in the past: give an end that is still to come")]
    EndsInThePast,
    /// It recurs, and each occurrence would be over at once.
    #[error("a silence that recurs lasts less than a minute: give an end at least a minute after its start")]
    TooShort,
    /// It recurs before it is over.
    #[error(
        "the silence lasts longer than the period in which it recurs: give an earlier end, or no recurrence"
    )]
    LongerThanPeriod,
    /// No occurrence is still to come.
    #[error("the recurrence has no occurrence that is still to come: give another rule or start")]
    NeverRecurs,
    /// There is no such time zone.
    #[error("`{0}` is not a time zone that is known: give an IANA name, like Europe/Berlin")]
    NoTimeZone(String),
    /// A time zone means nothing without a recurrence.
    #[error("a time zone needs a recurrence: give one, or leave the time zone out")]
    ZoneAlone,
    /// It would not fit into the table.
    #[error(
        "the silence is too long: use at most 512 matchers, 64 annotations, 2048 characters a text or regular expression, 64 KiB in all"
    )]
    TooLong,
}

/// What comes of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one is made for each request, and taken apart at once")]
pub enum SilenceEdit {
    /// The silence as it is now; its id stays.
    Changed(Silence),
    /// What was covered cannot be changed any more, so the old one ends and a new one begins.
    Replaced {
        /// The old one, over.
        ended: Silence,
        /// The new one.
        new: Silence,
    },
}

impl SilenceDraft {
    /// The silence named `id` that is asked for at `now`; a start in the past becomes now.
    pub fn create(self, id: SilenceId, now: Timestamp) -> Result<Silence, SilenceError> {
        self.check(now)?;
        let starts_at = if self.recurrence.is_some() { self.starts_at } else { self.starts_at.max(now) };
        Ok(Silence { created_at: now, ..self.silence(id, starts_at, now) })
    }

    /// What becomes of `known` when it shall be like this at `now`; `new_id` is for the one that may take its place.
    ///
    /// It is changed in place where its matchers stay and its past does too: an active one keeps the second of its
    /// start, a pending one does not start in the past.
    pub fn edit(
        self,
        known: Silence,
        new_id: SilenceId,
        now: Timestamp,
    ) -> Result<SilenceEdit, SilenceError> {
        self.check(now)?;
        if self.can_change(&known, now) {
            let keeps_start = known.state(now) == SilenceState::Active
                && self.recurrence.is_none()
                && known.recurrence.is_none();
            let starts_at = if keeps_start { known.starts_at } else { self.starts_at };
            let changed = self.silence(known.id, starts_at, now);
            return Ok(SilenceEdit::Changed(Silence { created_at: known.created_at, ..changed }));
        }
        Ok(SilenceEdit::Replaced { ended: known.ended(now), new: self.create(new_id, now)? })
    }

    fn can_change(&self, known: &Silence, now: Timestamp) -> bool {
        if self.recurrence.is_some() || known.recurrence.is_some() {
            return self.matchers == known.matchers && known.state(now) != SilenceState::Expired;
        }
        self.matchers == known.matchers
            && match known.state(now) {
                SilenceState::Active => self.starts_at.as_second() == known.starts_at.as_second(),
                SilenceState::Pending => self.starts_at >= now,
                SilenceState::Expired => false,
            }
    }

    fn check(&self, now: Timestamp) -> Result<(), SilenceError> {
        if self.matchers.is_empty() {
            return Err(SilenceError::NoMatcher);
        }
        if self.matchers.iter().filter(|matcher| matcher.operator().is_regex()).count() > REGEXES {
            return Err(SilenceError::TooManyRegexes);
        }
        if self.is_too_long() {
            return Err(SilenceError::TooLong);
        }
        self.matchers.iter().try_for_each(Matcher::check).map_err(SilenceError::Matcher)?;
        if self.matchers.iter().all(|matcher| matcher.matches_value("")) {
            return Err(SilenceError::MatchesNothing);
        }
        if self.ends_at <= self.starts_at {
            return Err(SilenceError::EndsBeforeStart);
        }
        self.check_recurrence(now)?;
        if self.recurrence.is_none() && self.ends_at <= now {
            return Err(SilenceError::EndsInThePast);
        }
        Ok(())
    }

    fn check_recurrence(&self, now: Timestamp) -> Result<(), SilenceError> {
        if let Some(name) = self.time_zone.as_ref().filter(|name| TimeZone::get(name).is_err()) {
            return Err(SilenceError::NoTimeZone(name.chars().take(SHOWN_CHARS).collect()));
        }
        let Some(rule) = &self.recurrence else {
            return if self.time_zone.is_some() { Err(SilenceError::ZoneAlone) } else { Ok(()) };
        };
        let length = self.ends_at.duration_since(self.starts_at);
        if length < SignedDuration::from_mins(1) {
            return Err(SilenceError::TooShort);
        }
        if length > rule.period() {
            return Err(SilenceError::LongerThanPeriod);
        }
        let silence = self.clone().silence(SilenceId::from_chance(0), self.starts_at, now);
        silence.occurrence(now).map(drop).ok_or(SilenceError::NeverRecurs)
    }

    fn is_too_long(&self) -> bool {
        let annotations = self.annotations.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
        let others = [self.created_by.as_str(), self.comment.as_str()];
        let regexes =
            self.matchers.iter().filter(|matcher| matcher.operator().is_regex()).map(Matcher::value);
        let of_matchers: usize =
            self.matchers.iter().map(|matcher| matcher.name().len() + matcher.value().len()).sum();
        let texts: Vec<_> = annotations.chain(others).collect();
        self.matchers.len() > MATCHERS
            || self.annotations.len() > MEMBERS
            || texts.iter().copied().chain(regexes).any(|text| text.chars().count() > TEXT_CHARS)
            || texts.iter().map(|text| text.len()).sum::<usize>() + of_matchers > ALL_BYTES
    }

    fn silence(self, id: SilenceId, starts_at: Timestamp, now: Timestamp) -> Silence {
        Silence {
            id,
            matchers: self.matchers,
            starts_at,
            ends_at: self.ends_at,
            recurrence: self.recurrence,
            time_zone: self.time_zone,
            created_by: self.created_by,
            comment: self.comment,
            annotations: self.annotations,
            created_at: now,
            updated_at: now,
        }
    }
}
