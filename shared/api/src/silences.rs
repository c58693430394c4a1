//! Silences: for which alerts, from when to when, by whom and why.

use alert::matcher::Matcher;
use alert::{Labels, Silence, SilenceDraft, SilenceId, SilenceState};
use aws::{Platform, SystemClock};
use axum::extract::State;
use axum::{Extension, Json};
use intake::Clock;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::Created;
use crate::authorization::Person;
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
    /// Who; the token's name unless given.
    created_by: Option<Text<1, 256>>,
    /// Why.
    comment: Text<0, 2048>,
}

impl Shown {
    fn of(silence: Silence) -> Self {
        Self { state: silence.state(SystemClock.now()), silence }
    }
}

impl NewSilence {
    /// A new silence, from now on unless it says otherwise.
    fn draft(self, person: Person) -> Result<SilenceDraft, Failure> {
        self.draft_from(person, SystemClock.now(), Labels::new())
    }

    /// What `known` shall become; what this does not tell stays.
    fn change_of(self, person: Person, known: Silence) -> Result<SilenceDraft, Failure> {
        self.draft_from(person, known.starts_at, known.annotations)
    }

    fn draft_from(
        self,
        Person(name): Person,
        usual_start: Timestamp,
        annotations: Labels,
    ) -> Result<SilenceDraft, Failure> {
        let starts_at = self.starts_at.unwrap_or(usual_start);
        Ok(SilenceDraft {
            starts_at,
            ends_at: self.end(starts_at)?,
            matchers: self.matchers,
            created_by: self.created_by.map_or(name, |by| by.0),
            comment: self.comment.0,
            recurrence: None,
            time_zone: None,
            annotations,
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
    Extension(person): Extension<Person>,
    Body(silence): Body<NewSilence>,
) -> Result<Created<Shown>, Failure> {
    let draft = silence.draft(person)?;
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
    Extension(person): Extension<Person>,
    Path(SilencePath { id }): Path<SilencePath>,
    Body(silence): Body<NewSilence>,
) -> Result<Json<Shown>, Failure> {
    let draft = silence.change_of(person, known(&platform, id).await?)?;
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
