//! What people do with an alert, and what they write about it.

use alert::{Alert, Note};
use aws::Platform;
use axum::extract::State;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alerts::AlertPath;
use crate::answer::Created;
use crate::authorization::Person;
use crate::extract::{Body, Path, Text};
use crate::failure::Failure;

/// Who acts, and what they have to say about it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Act {
    /// Who; the token's name unless given.
    by: Option<Text<1, 256>>,
    /// What they have to say about it.
    note: Option<Text<0, 8192>>,
}

/// Something to remember of an alert.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNote {
    /// Who; the token's name unless given.
    by: Option<Text<1, 256>>,
    /// What they have to say.
    text: Text<1, 8192>,
}

/// What was written about an alert and done with it, newest first.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Notes {
    notes: Vec<Note>,
}

impl Act {
    fn note(&self) -> Option<&str> {
        self.note.as_ref().map(|note| note.0.as_str()).filter(|note| !note.is_empty())
    }
}

/// Who acts: as they say themselves, else whose token it is.
fn who<'a, const LEAST: usize, const MOST: usize>(
    by: Option<&'a Text<LEAST, MOST>>,
    Person(name): &'a Person,
) -> &'a str {
    by.map_or(name, |by| &by.0)
}

/// `POST /v1/alerts/{fingerprint}/acknowledge`.
pub(crate) async fn acknowledge(
    State(platform): State<Platform>,
    Extension(person): Extension<Person>,
    Path(AlertPath { fingerprint }): Path<AlertPath>,
    Body(act): Body<Act>,
) -> Result<Json<Alert>, Failure> {
    let by = who(act.by.as_ref(), &person);
    Ok(Json(platform.table.acknowledge(fingerprint, by, act.note()).await?))
}

/// `POST /v1/alerts/{fingerprint}/unacknowledge`.
pub(crate) async fn unacknowledge(
    State(platform): State<Platform>,
    Extension(person): Extension<Person>,
    Path(AlertPath { fingerprint }): Path<AlertPath>,
    Body(act): Body<Act>,
) -> Result<Json<Alert>, Failure> {
    let by = who(act.by.as_ref(), &person);
    Ok(Json(platform.table.unacknowledge(fingerprint, by, act.note()).await?))
}

/// `POST /v1/alerts/{fingerprint}/resolve`.
pub(crate) async fn resolve(
    State(platform): State<Platform>,
    Extension(person): Extension<Person>,
    Path(AlertPath { fingerprint }): Path<AlertPath>,
    Body(act): Body<Act>,
) -> Result<Json<Alert>, Failure> {
    let by = who(act.by.as_ref(), &person);
    Ok(Json(platform.table.resolve(fingerprint, by, act.note()).await?))
}

/// `POST /v1/alerts/{fingerprint}/notes`.
pub(crate) async fn add_note(
    State(platform): State<Platform>,
    Extension(person): Extension<Person>,
    Path(AlertPath { fingerprint }): Path<AlertPath>,
    Body(note): Body<NewNote>,
) -> Result<Created<Note>, Failure> {
    let by = who(note.by.as_ref(), &person);
    Ok(Created(platform.table.add_note(fingerprint, by, &note.text.0).await?))
}

/// `GET /v1/alerts/{fingerprint}/notes`.
pub(crate) async fn notes(
    State(platform): State<Platform>,
    Path(AlertPath { fingerprint }): Path<AlertPath>,
) -> Result<Json<Notes>, Failure> {
    Ok(Json(Notes { notes: platform.table.notes(fingerprint).await.map_err(Failure::Store)? }))
}
