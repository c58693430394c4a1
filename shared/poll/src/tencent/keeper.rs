//! One run over Tencent, from the secret to what became of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use alert::Source;
use aws::Platform;
use intake::{SecretsError, Sensitive};
use kazoo::Clock;
use net::{BuildError, Deadlines, HttpClient};
use serde::Deserialize;
use serde_json::Value;
use tencent::{Access, AccessError};

use crate::tencent::api::Api;
use crate::tencent::report::{Cared, TencentOutcome, TencentPartError};

/// Most bytes of an answer: a page of a hundred rows with all of their texts.
const MOST_BODY_BYTES: usize = 8 * 1024 * 1024;
/// How long a call may take.
const DEADLINES: Deadlines = Deadlines { connect: Duration::from_secs(5), whole: Duration::from_secs(20) };

/// The keeper of one account of Tencent Cloud.
pub struct TencentKeeper {
    pub(crate) platform: Platform,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why a run came to nothing. No text quotes a key.
#[derive(Debug, thiserror::Error)]
pub enum TencentError {
    /// The secret cannot be read.
    #[error("could not read the secret of tencent")]
    Secret(#[source] SecretsError),
    /// A member of the secret has another form; its text is never quoted.
    #[error("`secret_id`, `secret_key` and `endpoint` of the secret `{name}` are texts")]
    Unreadable {
        /// What the secret is called.
        name: String,
    },
    /// The key or the address is none.
    #[error("the secret of tencent cannot be used")]
    Access(#[source] AccessError),
    /// The HTTP client could not be made.
    #[error("could not get ready to call tencent")]
    Client(#[source] BuildError),
    /// Neither part came to anything; the other part's failure is in the log.
    #[error("neither the notifications nor the alarms of tencent could be looked at")]
    NothingWorked(#[source] TencentPartError),
}

/// What of the secret is for Tencent's API; blank members are as if absent.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ApiMembers {
    secret_id: Option<Sensitive>,
    secret_key: Option<Sensitive>,
    endpoint: Option<String>,
}

/// What one run has at hand.
pub(crate) struct Visit<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) api: Api<'a>,
}

impl TencentKeeper {
    /// A keeper of the account in `platform`'s secret that goes by `clock`.
    pub fn new(platform: Platform, clock: Arc<dyn Clock>) -> Self {
        Self { platform, clock }
    }

    /// Records the callbacks that were lost, and ends what ended without one. May be done twice, by two runs at once, or
    /// again after a run that died. A limit of time is the caller's.
    pub async fn run(&self) -> Result<TencentOutcome, TencentError> {
        let access = match self.access().await? {
            Ok(access) => access,
            Err(missing) => return Ok(TencentOutcome::NotConfigured { missing }),
        };
        let http = HttpClient::builder(self.platform.egress())
            .deadlines(DEADLINES)
            .most_body_bytes(MOST_BODY_BYTES)
            .build()
            .map_err(TencentError::Client)?;
        let api = Api { access: &access, http, clock: &*self.clock };
        let visit = Visit { platform: &self.platform, api };
        // What was lost first: it may tell the very end that the history would else have to.
        let fetched = visit.fetch_notified().await;
        let ended = visit.end_open().await;
        Cared { fetched, ended }.into_outcome()
    }

    /// The key of the secret, or what is missing.
    async fn access(&self) -> Result<Result<Access, String>, TencentError> {
        let name = format!("{}/tencent", self.platform.configuration.secret_prefix);
        let keyring = self.platform.secrets.get::<Value>(Source::Tencent.as_str()).await;
        let Some(keyring) = keyring.map_err(TencentError::Secret)? else {
            return Ok(Err(format!("there is no secret `{name}`")));
        };
        let key: ApiMembers = serde_json::from_value(keyring.current.clone())
            .map_err(|_| TencentError::Unreadable { name: name.clone() })?;
        let given = |member: &Option<Sensitive>| {
            member.as_ref().map(|text| text.expose().trim().to_owned()).filter(|text| !text.is_empty())
        };
        let (Some(id), Some(secret)) = (given(&key.secret_id), given(&key.secret_key)) else {
            return Ok(Err(format!("the secret `{name}` has no `secret_id` and `secret_key`")));
        };
        let endpoint = key.endpoint.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Access::new(&id, &secret, endpoint).map(Ok).map_err(TencentError::Access)
    }
}

impl fmt::Debug for TencentKeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TencentKeeper").finish_non_exhaustive()
    }
}
