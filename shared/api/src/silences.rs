//! Silences: for which alerts, from when to when, by whom and why.

use alert::matcher::Matcher;
use alert::recurrence::{Occurrence, Recurrence};
use alert::{Clock, Labels, Silence, SilenceDraft, SilenceId, SilenceState};
use aws::{Platform, SystemClock};
use axum::extract::State;
use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::answer::Created;
use crate::authorization::Principal;
use crate::extract::{Body, Path, Query, Text, Words};
use crate::failure::Failure;

/// The longest silence that is asked for by its length: ten years, in seconds.
const LONGEST_SECS: u32 = 315_360_000;

/// The silences, newest first.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Silences {
    silences: Vec<Shown>,
}

/// A silence and where it is in its life.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SilenceNow")]
pub(crate) struct Shown {
    #[serde(flatten)]
    silence: Silence,
    state: SilenceState,
    /// Of one that recurs and is not over: its present occurrence, or the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    occurrence: Option<Span>,
}

/// From when to when something lasts.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Span {
    starts_at: Timestamp,
    ends_at: Timestamp,
}

/// Which silences to list.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct SilenceQuery {
    /// Any of these states; all unless given.
    #[serde(default)]
    state: Words<SilenceState>,
}

/// A silence in a path.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct SilencePath {
    /// Which silence.
    id: SilenceId,
}

/// A silence as a person asks for it; its end is either a time or a length.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSilence {
    /// What an alert's labels must satisfy, all of them; at least one must not match a missing label.
    #[schemars(length(min = 1, max = 64))]
    matchers: Vec<Matcher>,
    /// From when; now unless given, and for a change as it is.
    starts_at: Option<Timestamp>,
    /// Until when.
    ends_at: Option<Timestamp>,
    /// For how long, in seconds.
    #[schemars(range(min = 1, max = LONGEST_SECS))]
    duration_secs: Option<u32>,
    /// The rule by which it recurs, a part of iCalendar's `RRULE`; start and end are then those of the first occurrence. A
    /// change leaves it as it is unless it gives another rule, or null.
    #[serde(default)]
    #[schemars(with = "Option<Recurrence>")]
    recurrence: Member<Recurrence>,
    /// The IANA name of the time zone whose wall clock it recurs by; UTC unless given.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    time_zone: Member<String>,
    /// Who; the token's name unless given.
    created_by: Option<Text<1, 256>>,
    /// Why.
    comment: Text<0, 2048>,
}

impl Shown {
    fn of(silence: Silence) -> Self {
        Self::at(silence, SystemClock.now())
    }

    fn at(silence: Silence, now: Timestamp) -> Self {
        let state = silence.state(now);
        let recurs = silence.recurrence.is_some() && state != SilenceState::Expired;
        let occurrence = silence.occurrence(now).filter(|_| recurs).map(Span::from);
        Self { silence, state, occurrence }
    }
}

impl From<Occurrence> for Span {
    fn from(Occurrence { starts_at, ends_at }: Occurrence) -> Self {
        Self { starts_at, ends_at }
    }
}

/// A member of a request, of which null says something else than nothing at all.
#[derive(Default)]
enum Member<T> {
    #[default]
    Absent,
    Given(Option<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Member<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Given)
    }
}

impl<T> Member<T> {
    /// What it says, or the `usual` where it is absent.
    fn or(self, usual: Option<T>) -> Option<T> {
        match self {
            Self::Absent => usual,
            Self::Given(given) => given,
        }
    }
}

/// What stays of a silence where a request does not state it.
#[derive(Default)]
struct Usual {
    recurrence: Option<Recurrence>,
    time_zone: Option<String>,
    annotations: Labels,
}

impl NewSilence {
    /// A new silence, from now on unless it says otherwise.
    fn draft(self, principal: &Principal) -> Result<SilenceDraft, Failure> {
        self.draft_from(principal, SystemClock.now(), Usual::default())
    }

    /// What `known` shall become; what this does not state stays.
    fn change_of(self, principal: &Principal, known: Silence) -> Result<SilenceDraft, Failure> {
        let Silence { recurrence, time_zone, annotations, .. } = known;
        self.draft_from(principal, known.starts_at, Usual { recurrence, time_zone, annotations })
    }

    fn draft_from(
        self,
        principal: &Principal,
        usual_start: Timestamp,
        usual: Usual,
    ) -> Result<SilenceDraft, Failure> {
        let starts_at = self.starts_at.unwrap_or(usual_start);
        let ends_at = self.end(starts_at)?;
        let recurrence = self.recurrence.or(usual.recurrence);
        // The zone of a recurrence goes with it.
        let usual_zone = usual.time_zone.filter(|_| recurrence.is_some());
        Ok(SilenceDraft {
            starts_at,
            ends_at,
            matchers: self.matchers,
            created_by: principal.acts_as(self.created_by.as_ref().map(|by| by.0.as_str())).to_owned(),
            comment: self.comment.0,
            recurrence,
            time_zone: self.time_zone.or(usual_zone),
            annotations: usual.annotations,
        })
    }

    fn end(&self, starts_at: Timestamp) -> Result<Timestamp, Failure> {
        let end = match (self.ends_at, self.duration_secs) {
            (Some(ends_at), None) => Some(ends_at),
            (None, Some(secs @ 1..=LONGEST_SECS)) => {
                starts_at.checked_add(SignedDuration::from_secs(secs.into())).ok()
            }
            _ => None,
        };
        let remedy = "give either `ends_at` or `duration_secs`, ten years at most";
        end.ok_or_else(|| Failure::BadRequest(remedy.to_owned()))
    }
}

/// `GET /v1/silences`.
pub(crate) async fn list(
    State(platform): State<Platform>,
    Query(SilenceQuery { state: Words(states) }): Query<SilenceQuery>,
) -> Result<Json<Silences>, Failure> {
    let silences = platform.table.silences().await.map_err(Failure::from)?;
    let shown = silences.into_iter().map(Shown::of);
    let silences = shown.filter(|shown| states.is_empty() || states.contains(&shown.state)).collect();
    Ok(Json(Silences { silences }))
}

/// `POST /v1/silences`.
pub(crate) async fn add(
    State(platform): State<Platform>,
    Extension(principal): Extension<Principal>,
    Body(silence): Body<NewSilence>,
) -> Result<Created<Shown>, Failure> {
    let draft = silence.draft(&principal)?;
    Ok(Created(Shown::of(platform.table.add_silence(draft).await?)))
}

/// `GET /v1/silences/{id}`.
pub(crate) async fn one(
    State(platform): State<Platform>,
    Path(SilencePath { id }): Path<SilencePath>,
) -> Result<Json<Shown>, Failure> {
    Ok(Json(Shown::of(known(&platform, id).await?)))
}

/// `PUT /v1/silences/{id}`: the answer has another id where what it covered could not be changed any more.
pub(crate) async fn edit(
    State(platform): State<Platform>,
    Extension(principal): Extension<Principal>,
    Path(SilencePath { id }): Path<SilencePath>,
    Body(silence): Body<NewSilence>,
) -> Result<Json<Shown>, Failure> {
    let draft = silence.change_of(&principal, known(&platform, id).await?)?;
    Ok(Json(Shown::of(platform.table.edit_silence(id, draft).await?)))
}

/// `DELETE /v1/silences/{id}`: ends it now.
pub(crate) async fn end(
    State(platform): State<Platform>,
    Path(SilencePath { id }): Path<SilencePath>,
) -> Result<Json<Shown>, Failure> {
    Ok(Json(Shown::of(platform.table.end_silence(id).await?)))
}

async fn known(platform: &Platform, id: SilenceId) -> Result<Silence, Failure> {
    let silence = platform.table.silence(id).await.map_err(Failure::from)?;
    silence.ok_or_else(|| Failure::NotFound { what: "silence", id: id.to_string() })
}

#[cfg(test)]
mod tests;
