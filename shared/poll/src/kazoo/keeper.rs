//! One run over KAZOO, from the secret to what became of it.

use std::fmt;
use std::sync::Arc;

use alert::Clock;
use aws::Platform;
use intake::{SecretsError, StoreError};
use kazoo::LocationError;
use tokio::sync::Mutex;

use crate::kazoo::account::{Account, Configured};
use crate::kazoo::report::{Healed, KazooOutcome, PartError};
use crate::kazoo::secret::LoginError;
use crate::kazoo::visit::Visit;

/// The keeper of one KAZOO account. It outlives runs.
pub struct KazooKeeper {
    platform: Platform,
    clock: Arc<dyn Clock>,
    account: Mutex<Option<Arc<Account>>>,
}

/// Why a run came to nothing. No text quotes a credential.
#[derive(Debug, thiserror::Error)]
pub enum KazooError {
    /// The secret cannot be read.
    #[error("could not read the secret of kazoo")]
    Secret(#[source] SecretsError),
    /// A member of the secret has another form; its text is never quoted.
    #[error(
        "the secret `{name}` is not what it should be: `tokens` and `hook_ids` are lists, all else is text"
    )]
    Unreadable {
        /// What the secret is called.
        name: String,
    },
    /// The secret is complete and wrong.
    #[error("the secret of kazoo cannot be used")]
    Login(#[source] LoginError),
    /// The address of Campanile is none that KAZOO calls.
    #[error("`CAMPANILE_PUBLIC_URL` is no address that a hook of KAZOO could have")]
    Location(#[source] LocationError),
    /// KAZOO let us not in, or did not answer.
    #[error("kazoo could not be asked")]
    Call(#[source] kazoo::Error),
    /// The cursor cannot be read.
    #[error("could not read how far the attempts of kazoo were read")]
    Cursor(#[source] StoreError),
    /// Neither part came to anything; the other part's failure is in the log.
    #[error("neither the hooks of kazoo nor their attempts could be looked at")]
    NothingWorked(#[source] PartError),
}

impl KazooKeeper {
    /// A keeper of the account in `platform`'s secret that goes by `clock`.
    pub fn new(platform: Platform, clock: Arc<dyn Clock>) -> Self {
        Self { platform, clock, account: Mutex::default() }
    }

    /// Switches on the hooks that KAZOO switched off, and records what they tried to deliver in vain. May be done twice, by
    /// two runs at once, or again after a run that died. A limit of time is the caller's.
    pub async fn run(&self) -> Result<KazooOutcome, KazooError> {
        let account = match self.account().await? {
            Configured::Account(account) => account,
            Configured::Incomplete(missing) => return Ok(KazooOutcome::NotConfigured { missing }),
        };
        let account_id = account.client.account().await.map_err(KazooError::Call)?;
        let visit = Visit {
            platform: &self.platform,
            account: &account,
            account_id: account_id.as_str(),
            clock: &*self.clock,
        };
        // The hooks first: what happens while one is off is lost for good, what was tried is kept.
        let hooks = visit.watch_hooks().await;
        let attempts = visit.replay_attempts().await;
        Healed { hooks, attempts }.into_outcome()
    }

    async fn account(&self) -> Result<Configured, KazooError> {
        let mut known = self.account.lock().await;
        let configured = Account::open(&self.platform, &self.clock, known.take()).await?;
        if let Configured::Account(account) = &configured {
            *known = Some(Arc::clone(account));
        }
        Ok(configured)
    }
}

impl fmt::Debug for KazooKeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KazooKeeper").finish_non_exhaustive()
    }
}
