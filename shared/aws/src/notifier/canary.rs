//! The canary's two flights from here: out to the gateway by the schedule, and back to it once the stream has brought it.

use std::time::Duration;

use dispatch::{Canary, CanaryLeg};
use jiff::Timestamp;
use net::{HttpClient, HttpRequest};
use serde_json::{Value, json};

use super::Notifier;
use crate::store::canary::sent_at;

/// What a flight may take: alerts of the same batch wait for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a canary did not leave, or did not arrive.
#[derive(Debug, thiserror::Error)]
enum CanaryError {
    #[error("the secret `<prefix>/links` has no key of 16 characters or more to sign with")]
    Key,
    #[error("`CAMPANILE_CANARY_URL` is no address that may be asked")]
    Url(#[source] net::UrlMistake),
    #[error("no HTTP client")]
    Client(#[source] net::BuildError),
    #[error("the gateway did not answer")]
    Unanswered(#[source] net::Unanswered),
    #[error("the gateway answered {0}")]
    Refused(u16),
}

impl Notifier {
    /// Sends a canary on its way. That it does not come back is what its alarm is for, not an error of this run.
    pub(super) async fn send_out_canary(&self) -> Value {
        self.send_canary(Canary { leg: CanaryLeg::Out, sent_at: self.engine.clock.now() }).await;
        json!({})
    }

    /// Delivers the last canary among `records`, if there is one.
    pub(super) async fn send_back_canary(&self, records: &[Value]) {
        let arrived: Option<Timestamp> = records.iter().filter_map(sent_at).max();
        if let Some(sent_at) = arrived {
            self.send_canary(Canary { leg: CanaryLeg::Back, sent_at }).await;
        }
    }

    async fn send_canary(&self, canary: Canary) {
        let Some(url) = self.platform.configuration.canary_url.as_deref() else { return };
        if let Err(error) = self.post_canary(url, canary).await {
            tracing::error!(error = intake::chain(&error), leg = ?canary.leg, "canary not sent");
        }
    }

    async fn post_canary(&self, url: &str, canary: Canary) -> Result<(), CanaryError> {
        let token = canary.sign(&self.links.keys().ok_or(CanaryError::Key)?);
        let egress = self.platform.egress();
        let url = egress.parse_url(&format!("{url}/{token}")).map_err(CanaryError::Url)?;
        let client = HttpClient::builder(egress).build().map_err(CanaryError::Client)?;
        let request = HttpRequest::post(url, &json!({}));
        let answer = client.send_within(request, PATIENCE).await.map_err(CanaryError::Unanswered)?;
        if (200..300).contains(&answer.status) { Ok(()) } else { Err(CanaryError::Refused(answer.status)) }
    }
}
