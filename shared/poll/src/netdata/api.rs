//! Calls of Netdata Cloud's API, slowly, and repeated where that may help.

use std::time::Duration;

use alert::Clock;
use jiff::SignedDuration;
use net::{BuildError, Deadlines, EgressPolicy, HttpClient, Unanswered};
use netdata::{Access, AnswerError, Call, Refusal};
use serde_json::Value;

use crate::netdata::report::NetdataCallError;

/// Between two calls: what Netdata takes is not documented, and there is time.
const PACE: Duration = Duration::from_millis(350);
/// How often a call is repeated that may succeed a moment later.
const REPEATS: u32 = 2;
/// The longest wait that Netdata may ask for within a run; beyond it the next run goes on.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

/// Most bytes of an answer: the alerts and nodes of a large space.
const MOST_BODY_BYTES: usize = 16 * 1024 * 1024;
/// How long a call may take.
const DEADLINES: Deadlines = Deadlines { connect: Duration::from_secs(5), whole: Duration::from_secs(30) };

/// Netdata Cloud's API, for one run.
pub struct NetdataApi<'a> {
    access: &'a Access,
    http: HttpClient,
    pub(crate) clock: &'a dyn Clock,
}

impl<'a> NetdataApi<'a> {
    /// The API as `access` reaches it, as far as `egress` permits.
    pub fn new(access: &'a Access, egress: EgressPolicy, clock: &'a dyn Clock) -> Result<Self, BuildError> {
        let http =
            HttpClient::builder(egress).deadlines(DEADLINES).most_body_bytes(MOST_BODY_BYTES).build()?;
        Ok(Self { access, http, clock })
    }

    /// What `read` makes of the answer to `call`.
    pub async fn ask<T>(
        &self,
        call: &Call,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, NetdataCallError> {
        let mut pause = Duration::from_secs(1);
        for _ in 0..REPEATS {
            let error = match self.ask_once(call, &read).await {
                Err(error) if error.may_pass() => error,
                settled => return settled,
            };
            let wait = error.wait().unwrap_or_default();
            if wait > PATIENCE {
                return Err(error);
            }
            self.clock.sleep(Duration::try_from(wait).unwrap_or_default().max(pause)).await;
            pause = pause.saturating_mul(2);
        }
        self.ask_once(call, &read).await
    }

    async fn ask_once<T>(
        &self,
        call: &Call,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, NetdataCallError> {
        self.clock.sleep(PACE).await;
        let answer = self.http.send(call.request(self.access)).await;
        let answer = answer.map_err(|source| NetdataCallError::Unanswered { what: call.what, source })?;
        Ok(call.read(&answer, self.clock.now(), read)?)
    }
}

impl std::fmt::Debug for NetdataApi<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NetdataApi").finish_non_exhaustive()
    }
}

impl NetdataCallError {
    fn may_pass(&self) -> bool {
        match self {
            Self::Unanswered { source, .. } => !matches!(source, Unanswered::Denied(_)),
            Self::Answer(error) => error.may_pass(),
        }
    }

    /// How long Netdata asks to be left alone.
    fn wait(&self) -> Option<SignedDuration> {
        match self {
            Self::Answer(AnswerError::Refused { refusal: Refusal::TooMany { wait }, .. }) => *wait,
            _ => None,
        }
    }
}
