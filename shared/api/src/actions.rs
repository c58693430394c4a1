//! What people do with an alert, and what they write about it.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use alert::{Actor, Alert, Fingerprint, Note};
use aws::{ActionFailure, Platform};
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alerts::AlertPath;
use crate::answer::Created;
use crate::authorization::Principal;
use crate::extract::{Body, Path, Text};
use crate::failure::Failure;

/// Who acts, and what they have to say about it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Act {
    /// Who; the token's name unless given, and always the person who signed in.
    by: Option<Text<1, 256>>,
    /// What they have to say about it.
    note: Option<Text<0, 8192>>,
}

/// Something to remember of an alert.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNote {
    /// Who; the token's name unless given, and always the person who signed in.
    by: Option<Text<1, 256>>,
    /// What they have to say.
    text: Text<1, 8192>,
}

/// What was written about an alert and done with it, newest first.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Notes {
    notes: Vec<Note>,
}

/// The alert as it is afterwards.
type Done = Result<Json<Alert>, Failure>;

/// What somebody does with an alert.
pub(crate) struct ActionRequest {
    fingerprint: Fingerprint,
    by: String,
    principal: Principal,
    note: Option<String>,
}

impl ActionRequest {
    fn actor(&self) -> Actor<'_> {
        Actor { by: &self.by, principal: Some(&self.principal.id) }
    }

    fn note(&self) -> Option<&str> {
        self.note.as_deref().filter(|note| !note.is_empty())
    }
}

impl<S: Send + Sync> FromRequest<S> for ActionRequest {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let principal = parts.extensions.get().cloned().ok_or(Failure::Unauthorized)?;
        let Path(AlertPath { fingerprint }) = Path::from_request_parts(&mut parts, state).await?;
        let Body(act) = Body::<Act>::from_request(Request::from_parts(parts, body), state).await?;
        let by = who(act.by.as_ref(), &principal).to_owned();
        Ok(Self { fingerprint, by, principal, note: act.note.map(|note| note.0) })
    }
}

impl OperationInput for ActionRequest {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Path::<AlertPath>::operation_input(context, operation);
        Body::<Act>::operation_input(context, operation);
    }
}

/// Who acts: as whoever has a token says, else whose token it is, or who signed in.
fn who<'a, const LEAST: usize, const MOST: usize>(
    by: Option<&'a Text<LEAST, MOST>>,
    principal: &'a Principal,
) -> &'a str {
    principal.acts_as(by.map(|by| by.0.as_str()))
}

/// `POST /v1/alerts/{fingerprint}/acknowledge`.
pub(crate) async fn acknowledge(State(platform): State<Platform>, action: ActionRequest) -> Done {
    done(platform.table.acknowledge(action.fingerprint, action.actor(), action.note()).await)
}

/// `POST /v1/alerts/{fingerprint}/unacknowledge`.
pub(crate) async fn unacknowledge(State(platform): State<Platform>, action: ActionRequest) -> Done {
    done(platform.table.unacknowledge(action.fingerprint, action.actor(), action.note()).await)
}

/// `POST /v1/alerts/{fingerprint}/resolve`.
pub(crate) async fn resolve(State(platform): State<Platform>, action: ActionRequest) -> Done {
    done(Box::pin(platform.table.resolve(action.fingerprint, action.actor(), action.note())).await)
}

fn done(alert: Result<Alert, ActionFailure>) -> Done {
    Ok(Json(alert?))
}

/// `POST /v1/alerts/{fingerprint}/notes`.
pub(crate) async fn add_note(
    State(platform): State<Platform>,
    Extension(principal): Extension<Principal>,
    Path(AlertPath { fingerprint }): Path<AlertPath>,
    Body(note): Body<NewNote>,
) -> Result<Created<Note>, Failure> {
    let actor = Actor { by: who(note.by.as_ref(), &principal), principal: Some(&principal.id) };
    Ok(Created(platform.table.add_note(fingerprint, actor, &note.text.0).await?))
}

/// `GET /v1/alerts/{fingerprint}/notes`.
pub(crate) async fn notes(
    State(platform): State<Platform>,
    Path(AlertPath { fingerprint }): Path<AlertPath>,
) -> Result<Json<Notes>, Failure> {
    Ok(Json(Notes { notes: platform.table.notes(fingerprint).await.map_err(Failure::Store)? }))
}
