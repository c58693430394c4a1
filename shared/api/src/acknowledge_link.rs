//! The page behind the link in a notification: GET shows, POST with a typed name acknowledges.
//!
//! No script, no cookie, no login: the link is the credential. Machines that follow links (previews, mail scanners) send
//! GET or HEAD and change nothing; a form that needs a name typed into it is what keeps those out that submit forms.

mod page;

use alert::{Alert, Clock as _, Condition, Fingerprint};
use aws::{ActionFailure, Platform, SystemClock};
use axum::extract::{Path, State};
use axum::response::Response;
use dispatch::{Link, LinkAction, LinkError};
use http::{HeaderMap, StatusCode};
use intake::chain;
use serde::Deserialize;

use self::page::{Page, page};

/// Longest name that may be typed, in characters.
const NAME_CHARS: usize = 60;

/// What the form sends.
#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    name: String,
}

/// `GET /a/{token}` and `HEAD`: shows what the link is about, and changes nothing.
pub(crate) async fn show(State(platform): State<Platform>, Path(token): Path<String>) -> Response {
    match open(&platform, &token).await {
        Ok(Opened { link, alerts, may_acknowledge }) => shown(&link, &alerts, may_acknowledge),
        Err(refusal) => refusal,
    }
}

/// `POST /a/{token}` with the form's `name`: acknowledges what of it fires and nobody has.
pub(crate) async fn acknowledge(
    State(platform): State<Platform>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    // Whoever can forge this holds the link already; a browser that says that another site did it is believed.
    if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        return page(StatusCode::FORBIDDEN, &Page::Refused);
    }
    let Opened { link, alerts, may_acknowledge } = match open(&platform, &token).await {
        Ok(opened) => opened,
        Err(refusal) => return refusal,
    };
    if !may_acknowledge {
        return shown(&link, &alerts, false);
    }
    let typed: Typed = serde_html_form::from_str(&body).unwrap_or(Typed { name: String::new() });
    let Some(name) = name_of(&typed.name) else {
        return page(
            StatusCode::UNPROCESSABLE_ENTITY,
            &Page::of(&alerts, Some("Type your name, so that others know who has it.")),
        );
    };
    match take(&platform, &link, &alerts, &name).await {
        Ok(alerts) => page(StatusCode::OK, &Page::done(&alerts, &name)),
        Err(error) => {
            tracing::error!(destination = link.destination, error = chain(&error), "link not followed");
            page(StatusCode::SERVICE_UNAVAILABLE, &Page::Unavailable)
        }
    }
}

/// What a valid link is about.
struct Opened {
    link: Link,
    alerts: Vec<Alert>,
    may_acknowledge: bool,
}

/// Checks the link before anything is read for it.
async fn open(platform: &Platform, token: &str) -> Result<Opened, Response> {
    let keys = platform.link_keys().await.map_err(|error| {
        tracing::error!(error = chain(&error), "the key of links cannot be read");
        page(StatusCode::SERVICE_UNAVAILABLE, &Page::Unavailable)
    })?;
    let Some(keys) = keys else { return Err(page(StatusCode::FORBIDDEN, &Page::Refused)) };
    let (link, is_fresh) = match keys.verify(token, SystemClock.now()) {
        Ok(link) => (link, true),
        Err(LinkError::Expired(link)) => (*link, false),
        Err(LinkError::Forged) => {
            tracing::warn!("a link was refused");
            return Err(page(StatusCode::FORBIDDEN, &Page::Refused));
        }
    };
    let alerts = alerts_of(platform, &link).await.map_err(|error| {
        tracing::error!(error = chain(&error), "what a link is about cannot be read");
        page(StatusCode::SERVICE_UNAVAILABLE, &Page::Unavailable)
    })?;
    let is_present = alerts.iter().any(|alert| is_of_episode(&link, alert));
    Ok(Opened { link, alerts, may_acknowledge: is_fresh && is_present })
}

/// Whether `alert` fires in the episode that the link was made for.
fn is_of_episode(link: &Link, alert: &Alert) -> bool {
    let opened_at = alert.started_at.unwrap_or(alert.first_seen).as_second();
    alert.condition == Condition::Firing
        && (link.action == LinkAction::AcknowledgeGroup || opened_at == link.opened_at)
}

async fn alerts_of(platform: &Platform, link: &Link) -> Result<Vec<Alert>, aws::LinkTargetError> {
    match link.action {
        LinkAction::Acknowledge => Ok(platform.table.alert(link.target).await?.into_iter().collect()),
        LinkAction::AcknowledgeGroup => platform.alerts_of_group(&link.destination, link.target).await,
    }
}

/// Acknowledges every alert that fires in the link's episode and that nobody has; who was first stays.
async fn take(
    platform: &Platform,
    link: &Link,
    alerts: &[Alert],
    name: &str,
) -> Result<Vec<Alert>, ActionFailure> {
    let note = format!("by link of {}", link.destination);
    let mut taken = Vec::with_capacity(alerts.len());
    for alert in alerts {
        let is_free = alert.acknowledgement.is_none() && is_of_episode(link, alert);
        taken.push(if is_free {
            take_one(platform, alert.fingerprint, name, &note).await?
        } else {
            alert.clone()
        });
    }
    Ok(taken)
}

async fn take_one(
    platform: &Platform,
    fingerprint: Fingerprint,
    name: &str,
    note: &str,
) -> Result<Alert, ActionFailure> {
    match platform.table.acknowledge(fingerprint, name, Some(note)).await {
        // It ended while the page was open: it is shown as it is.
        Err(ActionFailure::Conflict(_)) => {
            let alert = platform.table.alert(fingerprint).await.map_err(ActionFailure::Store)?;
            alert.ok_or(ActionFailure::Unknown(fingerprint))
        }
        taken => taken,
    }
}

fn shown(link: &Link, alerts: &[Alert], may_acknowledge: bool) -> Response {
    if may_acknowledge {
        return page(StatusCode::OK, &Page::of(alerts, None));
    }
    tracing::debug!(destination = link.destination, "a link that is over was opened");
    page(StatusCode::GONE, &Page::over(alerts))
}

/// A name of one line, as it was typed.
fn name_of(typed: &str) -> Option<String> {
    let name: String = typed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name = name.trim();
    (!name.is_empty() && name.chars().count() <= NAME_CHARS).then(|| name.to_owned())
}
