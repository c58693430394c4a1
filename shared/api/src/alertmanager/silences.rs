//! Silences: the list, one of them, making, changing and ending one.

use ::alert::matcher::Matcher;
use ::alert::{Clock, Silence, SilenceId, SilenceState};
use aws::{Platform, SilenceFailure, SystemClock};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use super::answer::json as answer;
use super::failure::Failure;
use super::query::Query;
use super::silence::{PostedSilence, ServedSilence, parse_id, span};

/// `GET /api/v2/silences`: active ones first, by their end, then pending ones by their start, then those that are over.
pub(super) async fn list(State(platform): State<Platform>, query: Query) -> Result<Response, Failure> {
    let wanted = wanted_states(&query)?;
    let filter = query.matchers("filter")?;
    let now = SystemClock.now();
    let mut silences = platform.table.silences().await.map_err(Failure::Store)?;
    silences.retain(|silence| wanted.contains(&silence.state(now)) && has_all(silence, &filter));
    silences.sort_by_key(|silence| match silence.state(now) {
        SilenceState::Active => (0, span(silence, now).ends_at, silence.id),
        SilenceState::Pending => (1, span(silence, now).starts_at, silence.id),
        SilenceState::Expired => (2, silence.ends_at, silence.id),
    });
    answer(&silences.iter().map(|silence| ServedSilence::of(silence, now)).collect::<Vec<_>>())
}

/// `GET /api/v2/silence/{id}`.
pub(super) async fn one(
    State(platform): State<Platform>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let silence = platform.table.silence(parse_id(&id)?).await.map_err(Failure::Store)?;
    match silence {
        Some(silence) => answer(&ServedSilence::of(&silence, SystemClock.now())),
        None => Ok(StatusCode::NOT_FOUND.into_response()),
    }
}

/// `POST /api/v2/silences`: 200 with the id of what covers now, once it is durable.
pub(super) async fn put(State(platform): State<Platform>, body: Bytes) -> Result<Response, Failure> {
    let PostedSilence { id, draft } = PostedSilence::parse(&body)?;
    let silence = match id {
        None => platform.table.add_silence(draft).await,
        Some(id) => {
            check_changeable(&platform, id).await?;
            platform.table.edit_silence(id, draft).await
        }
    };
    let silence = silence.map_err(failure)?;
    answer(&json!({ "silenceID": silence.id }))
}

/// `DELETE /api/v2/silence/{id}`: ends it now; one that is over stays over.
pub(super) async fn end(
    State(platform): State<Platform>,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    match platform.table.end_silence(parse_id(&id)?).await {
        Ok(_) => Ok(StatusCode::OK),
        Err(SilenceFailure::Unknown(_)) => Ok(StatusCode::NOT_FOUND),
        Err(other) => Err(failure(other)),
    }
}

/// Alertmanager's tools see one occurrence of a silence that recurs: what they would write back knows of no other.
async fn check_changeable(platform: &Platform, id: SilenceId) -> Result<(), Failure> {
    let known = platform.table.silence(id).await.map_err(Failure::Store)?;
    let Some(known) = known else { return Ok(()) };
    if known.recurrence.is_none() || known.state(SystemClock.now()) == SilenceState::Expired {
        return Ok(());
    }
    Err(Failure::BadRequest(format!(
        "the silence `{id}` recurs, which this API cannot express: change it by `PUT /v1/silences/{id}`, or end it"
    )))
}

fn wanted_states(query: &Query) -> Result<Vec<SilenceState>, Failure> {
    let mut wanted = Vec::new();
    for state in SilenceState::ALL {
        if query.wants(state.as_str())? {
            wanted.push(*state);
        }
    }
    Ok(wanted)
}

/// Whether each of `matchers` is, name, type and value, one of the silence's own.
fn has_all(silence: &Silence, matchers: &[Matcher]) -> bool {
    matchers.iter().all(|matcher| silence.matchers.contains(matcher))
}

fn failure(failure: SilenceFailure) -> Failure {
    match failure {
        SilenceFailure::Invalid(error) => Failure::BadRequest(error.to_string()),
        SilenceFailure::Unknown(id) => Failure::NoSuchSilence(id),
        SilenceFailure::Store(error) => Failure::Store(error),
    }
}
