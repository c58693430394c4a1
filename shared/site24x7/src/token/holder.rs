//! Memory, then the store, then Zoho; and only one at a time asks Zoho.

use std::time::Duration;

use alert::Clock;
use jiff::Timestamp;
use net::Secret;
use tokio::sync::Mutex;

use super::record::{Token, TokenRecord};
use super::store::{StoreError, TokenStore};
use crate::zoho::{self, Desk, Issued};
use crate::{Scopes, ZohoError, moment};

/// How long the lease to ask Zoho is held at most.
const LEASE_SECS: i64 = 10;
/// How long others wait for the token: until a lease that was never given back has lapsed, and been taken again.
const PATIENCE: Duration = Duration::from_secs(25);
/// How long they wait before they first look again, and at most between two looks.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// With less time left Zoho is not asked: a token that comes too late is spent all the same.
const LEAST_TIME: Duration = Duration::from_secs(2);

/// Which token will do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'a> {
    /// Any that is worth using.
    Any,
    /// Any but this one, which the API has refused.
    OtherThan(&'a Token),
    /// One that Zoho issues now, to see whether it does.
    New,
}

impl Wanted<'_> {
    fn fits(self, token: &Token) -> bool {
        match self {
            Self::Any => true,
            Self::OtherThan(refused) => token.access_token != refused.access_token,
            Self::New => false,
        }
    }
}

/// A token, with its scopes where Zoho has just stated them.
#[derive(Debug, Clone)]
pub(crate) struct Acquired {
    pub(crate) token: Token,
    pub(crate) scopes: Option<Scopes>,
}

/// The tokens of one account.
pub(crate) struct Tokens<S, C> {
    store: S,
    clock: C,
    memory: Mutex<Option<Token>>,
}

impl<S: TokenStore, C: Clock> Tokens<S, C> {
    pub(crate) fn new(store: S, clock: C) -> Self {
        Self { store, clock, memory: Mutex::default() }
    }

    pub(crate) fn clock(&self) -> &C {
        &self.clock
    }

    /// Finds or asks for a token before `deadline`.
    pub(crate) async fn acquire(
        &self,
        wanted: Wanted<'_>,
        applicant: Applicant<'_>,
        deadline: Timestamp,
    ) -> Result<Acquired, TokenError> {
        // Held while asking, so that a process asks once however many of its tasks want a token.
        let mut memory = self.memory.lock().await;
        let now = self.clock.now();
        if let Some(token) = memory.as_ref().filter(|token| wanted.fits(token) && token.is_fresh(now)) {
            return Ok(Acquired { token: token.clone(), scopes: None });
        }
        let acquired = self.shared(wanted, applicant, deadline).await?;
        *memory = Some(acquired.token.clone());
        Ok(acquired)
    }

    async fn shared(
        &self,
        wanted: Wanted<'_>,
        applicant: Applicant<'_>,
        deadline: Timestamp,
    ) -> Result<Acquired, TokenError> {
        let give_up_at = deadline.min(moment::after(self.clock.now(), PATIENCE));
        let mut pause = SHORTEST_PAUSE;
        loop {
            let record = self.store.load().await.map_err(TokenError::load)?;
            let now = self.clock.now();
            if let Some(token) = decided(&record, wanted, now)? {
                return Ok(token);
            }
            if !record.is_leased(now)
                && let Some(record) = self.take_lease(now, deadline).await?
            {
                return self.lead(&record, wanted, applicant, deadline).await;
            }
            if moment::after(now, pause) >= give_up_at {
                return Err(TokenError::Busy);
            }
            self.clock.sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn take_lease(
        &self,
        now: Timestamp,
        deadline: Timestamp,
    ) -> Result<Option<TokenRecord>, TokenError> {
        if moment::until(now, deadline) < LEAST_TIME {
            return Err(TokenError::OutOfTime);
        }
        let until = moment::later(now, LEASE_SECS);
        self.store.take_lease(now, until).await.map_err(|source| TokenError::Lease { source })
    }

    /// Asks Zoho, unless somebody has done so between our reading and our lease.
    async fn lead(
        &self,
        record: &TokenRecord,
        wanted: Wanted<'_>,
        applicant: Applicant<'_>,
        deadline: Timestamp,
    ) -> Result<Acquired, TokenError> {
        let now = self.clock.now();
        if let Some(token) = decided(record, wanted, now)? {
            return Ok(token);
        }
        match applicant.ask(now, deadline).await {
            Ok(issued) => Ok(self.keep(issued).await),
            Err(ZohoError::Throttled) => self.cool_down(record, wanted).await,
            // The lease is left to lapse: nobody else runs into the same wall for ten seconds.
            Err(source) => Err(TokenError::Zoho { source }),
        }
    }

    async fn keep(&self, issued: Issued) -> Acquired {
        if let Err(error) = self.store.save_token(&issued.token).await {
            // Still good for this run, and asking again would spend another.
            tracing::warn!(%error, "the access token cannot be saved, other pollers will ask for their own");
        }
        Acquired { token: issued.token, scopes: issued.scopes }
    }

    /// Writes the cool-down; a token that was to be renewed early is used to its end.
    async fn cool_down(&self, record: &TokenRecord, wanted: Wanted<'_>) -> Result<Acquired, TokenError> {
        let now = self.clock.now();
        let until = record.next_cooldown(now);
        self.store.save_cooldown(until).await.map_err(|source| TokenError::Cooldown { source })?;
        tracing::warn!(%until, "zoho issues no more tokens for now");
        let cooled = TokenRecord { cooldown_until: Some(until), ..record.clone() };
        decided(&cooled, wanted, now)?.ok_or(TokenError::CoolingDown { until })
    }
}

/// What a record says about the wish: a token, an end without one, or that Zoho must be asked.
fn decided(record: &TokenRecord, wanted: Wanted<'_>, now: Timestamp) -> Result<Option<Acquired>, TokenError> {
    if let Some(token) = record.usable(now).filter(|token| wanted.fits(token)) {
        return Ok(Some(Acquired { token: token.clone(), scopes: None }));
    }
    match record.cooling_until(now) {
        Some(until) => Err(TokenError::CoolingDown { until }),
        None => Ok(None),
    }
}

/// Who asks Zoho.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Applicant<'a> {
    pub(crate) desk: Desk<'a>,
    pub(crate) refresh_token: &'a Secret,
}

impl Applicant<'_> {
    async fn ask(self, now: Timestamp, deadline: Timestamp) -> Result<Issued, ZohoError> {
        let time = self.desk.transport.deadlines().token.min(moment::until(now, deadline));
        zoho::refresh(self.desk, self.refresh_token, time, now).await
    }
}

/// Why there is no access token. No text quotes a credential.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Zoho has throttled and nobody asks until then; a poll ends here without an error.
    #[error("zoho issues no more tokens: nobody asks before {until}")]
    CoolingDown {
        /// When it may be asked again.
        until: Timestamp,
    },
    /// Somebody else asks and does not come back.
    #[error("another process is renewing the access token and has not finished: try again")]
    Busy,
    /// The run's deadline is too close to ask Zoho.
    #[error("there is no time left to ask zoho for an access token: try again with more time")]
    OutOfTime,
    /// Zoho issued none.
    #[error("zoho issued no access token")]
    Zoho {
        /// Why.
        #[source]
        source: ZohoError,
    },
    /// The store cannot be read.
    #[error("the token record cannot be read")]
    Load {
        /// Why.
        #[source]
        source: StoreError,
    },
    /// The store did not take the lease.
    #[error("the lease to renew the access token cannot be taken")]
    Lease {
        /// Why.
        #[source]
        source: StoreError,
    },
    /// The store did not take the cool-down.
    #[error("zoho issues no more tokens, and the cool-down cannot be saved")]
    Cooldown {
        /// Why.
        #[source]
        source: StoreError,
    },
}

impl TokenError {
    fn load(source: StoreError) -> Self {
        Self::Load { source }
    }
}
