//! Where the canary comes by: on its way into the table, and when it is back. The signature is the credential.

use alert::Clock as _;
use aws::{Platform, SystemClock};
use axum::extract::{Path, State};
use dispatch::{Canary, CanaryLeg};
use http::StatusCode;
use intake::COUNTS;

use crate::failure::Failure;

/// `POST /canary/{token}`: writes a canary that set out to the table, or counts how long one that is back was away.
pub(crate) async fn land(
    State(platform): State<Platform>,
    Path(token): Path<String>,
) -> Result<StatusCode, Failure> {
    let keys = platform.link_keys().await.map_err(Failure::Secrets)?;
    let now = SystemClock.now();
    let canary = keys.and_then(|keys| Canary::verify(&token, &keys, now)).ok_or(Failure::Unauthorized)?;
    match canary.leg {
        CanaryLeg::Out => platform.table.put_canary(canary.sent_at).await?,
        CanaryLeg::Back => {
            let seconds = now.duration_since(canary.sent_at).as_secs().max(0);
            tracing::trace!(target: COUNTS, measure = "CanaryRoundTripSeconds", count = seconds);
            tracing::info!(seconds, "the canary is back");
        }
    }
    Ok(StatusCode::NO_CONTENT)
}
