//! Calls of Tencent's API, within its limit and repeated where that may help.

use std::time::Duration;

use alert::Clock;
use jiff::SignedDuration;
use net::{BuildError, Deadlines, EgressPolicy, HttpClient, Unanswered};
use serde_json::Value;
use tencent::{
    Access, AnswerError, Call, Notice, NoticePage, Notification, NotifiedPage, Policy, PolicyPage,
};

/// Between two calls: Tencent takes 20 a second of each operation.
const PACE: Duration = Duration::from_millis(60);
/// How often a call is repeated that may succeed a moment later.
const REPEATS: u32 = 2;

/// Most bytes of an answer: a page of a hundred rows with all of their texts.
const MOST_BODY_BYTES: usize = 8 * 1024 * 1024;
/// How long a call may take.
const DEADLINES: Deadlines = Deadlines { connect: Duration::from_secs(5), whole: Duration::from_secs(20) };
/// Most pages of one list.
const MOST_PAGES: u32 = 500;

/// Tencent's API, for one run.
pub struct TencentApi<'a> {
    access: &'a Access,
    http: HttpClient,
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

impl<'a> TencentApi<'a> {
    /// The API as `access` reaches it, as far as `egress` permits.
    pub fn new(access: &'a Access, egress: EgressPolicy, clock: &'a dyn Clock) -> Result<Self, BuildError> {
        let http =
            HttpClient::builder(egress).deadlines(DEADLINES).most_body_bytes(MOST_BODY_BYTES).build()?;
        Ok(Self { access, http, clock })
    }

    /// Every template by which the account notifies.
    pub async fn notices(&self) -> Result<Vec<Notice>, TencentCallError> {
        let mut all = Vec::new();
        for page in 1..=MOST_PAGES {
            let NoticePage { notices, is_last } = NoticePage::read(&self.ask(&Call::notices(page)).await?);
            all.extend(notices);
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// Every policy of the account.
    pub async fn policies(&self) -> Result<Vec<Policy>, TencentCallError> {
        let mut all = Vec::new();
        for page in 1..=MOST_PAGES {
            let PolicyPage { policies, is_last } = PolicyPage::read(&self.ask(&Call::policies(page)).await?);
            all.extend(policies);
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// Every notification that was sent within `span` before now.
    pub async fn notifications(&self, span: SignedDuration) -> Result<Vec<Notification>, TencentCallError> {
        let mut all = Vec::new();
        for page in 1..=MOST_PAGES {
            let call = Call::notified(self.clock.now(), span.as_secs(), page);
            let NotifiedPage { rows, is_last } = NotifiedPage::read(&self.ask(&call).await?);
            all.extend(rows);
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// What `call` is answered.
    pub async fn ask(&self, call: &Call) -> Result<Value, TencentCallError> {
        let mut pause = Duration::from_secs(1);
        for _ in 0..REPEATS {
            match self.ask_once(call).await {
                Err(error) if error.may_pass() => {
                    self.clock.sleep(pause).await;
                    pause = pause.saturating_mul(2);
                }
                settled => return settled,
            }
        }
        self.ask_once(call).await
    }

    async fn ask_once(&self, call: &Call) -> Result<Value, TencentCallError> {
        self.clock.sleep(PACE).await;
        let request = call.request(self.access, self.clock.now());
        let answer = self.http.send(request).await;
        let answer = answer.map_err(|source| TencentCallError::Unanswered { action: call.action, source })?;
        Ok(call.read(&answer)?)
    }
}

impl std::fmt::Debug for TencentApi<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TencentApi").finish_non_exhaustive()
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
