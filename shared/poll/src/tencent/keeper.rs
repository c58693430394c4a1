//! One run over Tencent, from the secret to what became of it.

use std::fmt;
use std::sync::Arc;

use alert::{Clock, Source};
use aws::Platform;
use intake::SecretsError;
use net::BuildError;
use serde_json::Value;
use tencent::{Access, AccessError};

use crate::tencent::api::TencentApi;
use crate::tencent::report::{Cared, TencentOutcome, TencentPartError};
use crate::tencent::secret::TencentSecret;

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

/// What one run has at hand.
pub(crate) struct Visit<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) api: TencentApi<'a>,
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
        let api =
            TencentApi::new(&access, self.platform.egress(), &*self.clock).map_err(TencentError::Client)?;
        let visit = Visit { platform: &self.platform, api };
        // What was lost first: it may hold the very end that would else be read from the history.
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
        let secret: TencentSecret = serde_json::from_value(keyring.current.clone())
            .map_err(|_| TencentError::Unreadable { name: name.clone() })?;
        match secret.access() {
            None => Ok(Err(format!("the secret `{name}` has no `secret_id` and `secret_key`"))),
            Some(access) => access.map(Ok).map_err(TencentError::Access),
        }
    }
}

impl fmt::Debug for TencentKeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TencentKeeper").finish_non_exhaustive()
    }
}
