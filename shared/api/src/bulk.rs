//! One action for many alerts: of a list, or all that a filter shows. The answer says what came of it, alert by alert.

mod silencing;

use std::collections::BTreeSet;
use std::time::Duration;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use alert::{Actor, Alert, Condition, Fingerprint, Handling, Severity, SilenceId, Source};
use aws::{ActionFailure, AlertFilter, Cursor, PageSize, Platform};
use axum::Json;
use axum::extract::{FromRequest, Request, State};
use futures::{FutureExt, StreamExt, stream};
use intake::{Deadline, StoreError};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::alerts::MOST_FILTERS;
use crate::authorization::Principal;
use crate::deadline::PATIENCE;
use crate::extract::{Body, MatcherText, Text, Word};
use crate::failure::{Failure, Reason};

/// How many alerts one request is about at most.
const MOST: usize = 1_000;
/// How many alerts are changed at a time.
const AT_A_TIME: usize = 16;
/// How long before the end of the patience no change is begun any more: the answer says what was done.
const RESERVE: Duration = Duration::from_secs(4);

/// One action for many alerts; they are named either by `fingerprints` or by `filter`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkAction {
    /// What to do.
    action: BulkVerb,
    /// These alerts.
    #[schemars(length(min = 1, max = MOST))]
    fingerprints: Option<Vec<Fingerprint>>,
    /// All alerts that this filter shows, a thousand at most; `next_cursor` of the answer goes on.
    filter: Option<BulkFilter>,
    /// `next_cursor` of the answer before; with `filter` alone.
    #[serde(default)]
    #[schemars(with = "String")]
    cursor: Word<Cursor>,
    /// Who; the token's name unless given, and always the person who signed in. Whose token it was is recorded in either case.
    by: Option<Text<1, 256>>,
    /// What they have to say about it. A silence needs it: it is the reason.
    note: Option<Text<0, 2048>>,
    /// Of a silence: for how long, in seconds.
    #[schemars(range(min = 1, max = 315_360_000))]
    duration_secs: Option<u32>,
    /// Of a silence: until when.
    ends_at: Option<Timestamp>,
}

/// What can be done with many alerts at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum BulkVerb {
    /// Take those that fire and that nobody has; who was first stays.
    Acknowledge,
    /// Give them back.
    Unacknowledge,
    /// Mute exactly these alerts for a while.
    Silence,
    /// Say that they are over.
    Resolve,
}

/// Which alerts; what is not given admits all, and without a condition those that fire.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default, deny_unknown_fields)]
struct BulkFilter {
    /// Any of these conditions; `firing` unless given.
    condition: Vec<Condition>,
    /// Any of these handlings.
    handling: Vec<Handling>,
    /// At least this severe.
    severity: Option<Severity>,
    /// Any of these sources.
    source: Vec<Source>,
    /// Any of these accounts.
    account: Vec<String>,
    /// Matchers on the labels, as Alertmanager writes them; all must hold.
    #[schemars(length(max = MOST_FILTERS))]
    filter: Vec<MatcherText>,
    /// A text as `q` of `GET /v1/alerts` has it.
    q: Option<String>,
}

/// What came of it, alert by alert.
#[derive(Serialize, JsonSchema)]
pub(crate) struct BulkAnswer {
    /// With how many alerts it was done.
    done: usize,
    /// With how many it was not.
    refused: usize,
    /// Each alert, in the order in which they were named or listed.
    results: Vec<BulkResult>,
    /// The silences that were made.
    silences: Vec<SilenceId>,
    /// Where to go on, if the filter shows more; null at the end.
    next_cursor: Option<String>,
}

/// What came of it for one alert.
#[derive(Serialize, JsonSchema)]
struct BulkResult {
    fingerprint: Fingerprint,
    /// Why it was not done; null where it was.
    error: Option<Reason>,
}

/// Who asks for what, and until when the answer has to be made.
pub(crate) struct BulkRequest {
    body: BulkAction,
    principal: Principal,
    until: Instant,
}

impl<S: Send + Sync> FromRequest<S> for BulkRequest {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let principal = request.extensions().get().cloned().ok_or(Failure::Unauthorized)?;
        let left = request.extensions().get().map_or(PATIENCE, |Deadline(left)| PATIENCE.min(*left));
        let until = Instant::now() + left.saturating_sub(RESERVE);
        let Body(body) = Body::<BulkAction>::from_request(request, state).await?;
        Ok(Self { body, principal, until })
    }
}

impl OperationInput for BulkRequest {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Body::<BulkAction>::operation_input(context, operation);
    }
}

/// `POST /v1/alerts/actions`.
pub(crate) async fn act(
    State(platform): State<Platform>,
    request: BulkRequest,
) -> Result<Json<BulkAnswer>, Failure> {
    let BulkRequest { body, principal, until } = request;
    let by = principal.acts_as(body.by.as_ref().map(|by| by.0.as_str())).to_owned();
    let actor = Actor { by: &by, principal: Some(&principal.id) };
    body.check()?;
    let (alerts, next_cursor) = body.alerts(&platform).await?;
    let mut answer = if body.action == BulkVerb::Silence {
        silencing::silence(&platform, &alerts, &body, actor, until).await?
    } else {
        let each: Vec<_> = alerts
            .iter()
            .map(|alert| body.result(&platform, alert.fingerprint(), actor, until).boxed())
            .collect();
        BulkAnswer::of(stream::iter(each).buffered(AT_A_TIME).collect().await)
    };
    answer.next_cursor = next_cursor;
    Ok(Json(answer))
}

/// An alert that was named: as it is, or one that there is not.
enum Named {
    Known(Box<Alert>),
    Unknown(Fingerprint),
}

impl Named {
    fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Known(alert) => alert.fingerprint,
            Self::Unknown(fingerprint) => *fingerprint,
        }
    }
}

impl BulkAction {
    fn check(&self) -> Result<(), Failure> {
        let refuse = |remedy: &str| Err(Failure::BadRequest(remedy.to_owned()));
        match (&self.fingerprints, &self.filter) {
            (Some(_), Some(_)) | (None, None) => return refuse("give either `fingerprints` or `filter`"),
            (Some(named), None) if named.is_empty() || named.len() > MOST => {
                return refuse("fingerprints: give 1 to 1000 of them");
            }
            (Some(_), None) if self.cursor.0.is_some() => {
                return refuse("cursor: give it with `filter` alone");
            }
            (None, Some(filter)) if filter.filter.len() > MOST_FILTERS => {
                return refuse("filter.filter: give 20 of them at most");
            }
            _ => {}
        }
        let is_silence = self.action == BulkVerb::Silence;
        if !is_silence && (self.duration_secs.is_some() || self.ends_at.is_some()) {
            return refuse("`duration_secs` and `ends_at` are those of a silence: leave them out");
        }
        if is_silence && self.note().is_none() {
            return refuse("note: a silence needs a reason: write why");
        }
        Ok(())
    }

    fn note(&self) -> Option<&str> {
        self.note.as_ref().map(|note| note.0.as_str()).filter(|note| !note.is_empty())
    }

    /// The alerts that are meant, each once, and where the filter shows more.
    async fn alerts(&self, platform: &Platform) -> Result<(Vec<Named>, Option<String>), Failure> {
        let Some(filter) = &self.filter else {
            let named = self.fingerprints.as_deref().unwrap_or_default();
            return Ok((self.named(platform, named).await?, None));
        };
        let (filter, mut cursor) = (filter.to_filter(), self.cursor.0.clone());
        let mut alerts = Vec::new();
        loop {
            let size = PageSize::items(MOST - alerts.len());
            let page = platform.table.alerts(&filter, size, cursor.as_ref()).await.map_err(Failure::from)?;
            alerts.extend(page.alerts.into_iter().map(|alert| Named::Known(Box::new(alert))));
            cursor = page.next;
            if cursor.is_none() || alerts.len() >= MOST {
                return Ok((alerts, cursor.map(|cursor| cursor.to_string())));
            }
        }
    }

    /// Only a silence has to know what the alerts are like.
    async fn named(&self, platform: &Platform, named: &[Fingerprint]) -> Result<Vec<Named>, Failure> {
        let mut seen = BTreeSet::new();
        let once: Vec<_> = named.iter().copied().filter(|fingerprint| seen.insert(*fingerprint)).collect();
        if self.action != BulkVerb::Silence {
            return Ok(once.into_iter().map(Named::Unknown).collect());
        }
        let mut known = platform.table.alerts_of(once.iter().copied()).await.map_err(Failure::from)?;
        let named = once.into_iter().map(|fingerprint| match known.remove(&fingerprint) {
            Some(alert) => Named::Known(Box::new(alert)),
            None => Named::Unknown(fingerprint),
        });
        Ok(named.collect())
    }

    async fn result(
        &self,
        platform: &Platform,
        fingerprint: Fingerprint,
        actor: Actor<'_>,
        until: Instant,
    ) -> BulkResult {
        BulkResult::of(fingerprint, self.act_on(platform, fingerprint, actor, until).await)
    }

    async fn act_on(
        &self,
        platform: &Platform,
        fingerprint: Fingerprint,
        actor: Actor<'_>,
        until: Instant,
    ) -> Result<(), Failure> {
        if Instant::now() >= until {
            return Err(out_of_time());
        }
        let (table, note) = (&platform.table, self.note());
        let done: Result<Alert, ActionFailure> = match self.action {
            BulkVerb::Acknowledge => table.acknowledge_if_free(fingerprint, actor, note).await,
            BulkVerb::Unacknowledge => table.unacknowledge(fingerprint, actor, note).await,
            BulkVerb::Resolve => Box::pin(table.resolve(fingerprint, actor, note)).await,
            BulkVerb::Silence => return Ok(()),
        };
        done.map(drop).map_err(Failure::from)
    }
}

fn out_of_time() -> Failure {
    Failure::Store(StoreError::OutOfTime { limit_ms: PATIENCE.saturating_sub(RESERVE).as_millis() })
}

impl BulkFilter {
    fn to_filter(&self) -> AlertFilter {
        let firing = || vec![Condition::Firing];
        AlertFilter {
            conditions: if self.condition.is_empty() { firing() } else { self.condition.clone() },
            handlings: self.handling.clone(),
            severity: self.severity,
            sources: self.source.clone(),
            accounts: self.account.clone(),
            matchers: self.filter.iter().map(|MatcherText(matcher)| matcher.clone()).collect(),
            text: self.q.clone().filter(|text| !text.is_empty()),
            from: None,
            to: None,
        }
    }
}

impl BulkAnswer {
    fn of(results: Vec<BulkResult>) -> Self {
        let done = results.iter().filter(|result| result.error.is_none()).count();
        Self { done, refused: results.len() - done, results, silences: Vec::new(), next_cursor: None }
    }
}

impl BulkResult {
    fn of(fingerprint: Fingerprint, done: Result<(), Failure>) -> Self {
        Self { fingerprint, error: done.err().map(|failure| failure.reason_of_part()) }
    }
}
