//! Calls of Tencent's API, within its limit and repeated where that may help.

use std::time::Duration;

use kazoo::Clock;
use net::{HttpClient, Unanswered};
use serde_json::Value;
use tencent::{Access, AnswerError, Call};

/// Between two calls: Tencent takes 20 a second of each operation.
const PACE: Duration = Duration::from_millis(60);
/// How often a call is repeated that may succeed a moment later.
const REPEATS: u32 = 2;

/// Tencent's API, for one run.
pub(crate) struct Api<'a> {
    pub(crate) access: &'a Access,
    pub(crate) http: HttpClient,
    pub(crate) clock: &'a dyn Clock,
}

/// A call that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum TencentCallError {
    /// No answer came.
    #[error("tencent did not answer `{action}`")]
    Unanswered {
        /// What was asked.
        action: &'static str,
        /// Why not.
        #[source]
        source: Unanswered,
    },
    /// The answer was no.
    #[error(transparent)]
    Answer(#[from] AnswerError),
}

impl Api<'_> {
    /// What `call` is answered.
    pub(crate) async fn ask(&self, call: &Call) -> Result<Value, TencentCallError> {
        let mut pause = Duration::from_secs(1);
        for _ in 0..REPEATS {
            match self.ask_once(call).await {
                Err(error) if error.may_pass() => {
                    self.clock.pause(pause).await;
                    pause = pause.saturating_mul(2);
                }
                settled => return settled,
            }
        }
        self.ask_once(call).await
    }

    async fn ask_once(&self, call: &Call) -> Result<Value, TencentCallError> {
        self.clock.pause(PACE).await;
        let request = call.request(self.access, self.clock.now());
        let answer = self.http.send(request).await;
        let answer = answer.map_err(|source| TencentCallError::Unanswered { action: call.action, source })?;
        Ok(call.read(&answer)?)
    }
}

impl TencentCallError {
    fn may_pass(&self) -> bool {
        match self {
            Self::Unanswered { source, .. } => !matches!(source, Unanswered::Denied(_)),
            Self::Answer(error) => error.may_pass(),
        }
    }
}
