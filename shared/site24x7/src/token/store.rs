//! The port to the item in which an account's token is kept, and one in memory for tests.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::record::{Token, TokenRecord};

/// Why a store failed.
pub type StoreError = Box<dyn Error + Send + Sync>;

/// The `TOKEN` item of one account, shared by everyone who polls it.
///
/// Reads see what was written before them. The item must outlive all of its times by an hour: a token and
/// a cool-down that is over both still mean something.
pub trait TokenStore: Send + Sync {
    /// Reads the record, consistently; an item that does not exist is an empty record.
    fn load(&self) -> impl Future<Output = Result<TokenRecord, StoreError>> + Send;

    /// Sets `lease_until` to `until`, on condition that it is absent or not later than `now`.
    ///
    /// Answers the record as this very write left it, or `None` where another holds the lease. (In DynamoDB
    /// one conditional update that returns all new attributes; a failed condition is `None`.)
    fn take_lease(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<Option<TokenRecord>, StoreError>> + Send;

    /// Writes the token and removes `cooldown_until` and `lease_until`, unconditionally.
    fn save_token(&self, token: &Token) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Writes `cooldown_until` and removes `lease_until`, unconditionally; the token stays.
    fn save_cooldown(&self, until: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl<S: TokenStore> TokenStore for Arc<S> {
    fn load(&self) -> impl Future<Output = Result<TokenRecord, StoreError>> + Send {
        S::load(self)
    }

    fn take_lease(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<Option<TokenRecord>, StoreError>> + Send {
        S::take_lease(self, now, until)
    }

    fn save_token(&self, token: &Token) -> impl Future<Output = Result<(), StoreError>> + Send {
        S::save_token(self, token)
    }

    fn save_cooldown(&self, until: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send {
        S::save_cooldown(self, until)
    }
}

/// A token store that forgets when the process ends; clones share one record.
#[derive(Debug, Clone, Default)]
pub struct MemoryTokenStore {
    record: Arc<Mutex<TokenRecord>>,
}

impl MemoryTokenStore {
    /// A store that holds `record` already.
    pub fn holding(record: TokenRecord) -> Self {
        Self { record: Arc::new(Mutex::new(record)) }
    }

    fn record(&self) -> MutexGuard<'_, TokenRecord> {
        // Each write is one assignment, so that a panic elsewhere leaves nothing half done.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for MemoryTokenStore {
    async fn load(&self) -> Result<TokenRecord, StoreError> {
        Ok(self.record().clone())
    }

    async fn take_lease(&self, now: Timestamp, until: Timestamp) -> Result<Option<TokenRecord>, StoreError> {
        let mut record = self.record();
        if record.is_leased(now) {
            return Ok(None);
        }
        record.lease_until = Some(until);
        Ok(Some(record.clone()))
    }

    async fn save_token(&self, token: &Token) -> Result<(), StoreError> {
        *self.record() = TokenRecord { token: Some(token.clone()), ..TokenRecord::default() };
        Ok(())
    }

    async fn save_cooldown(&self, until: Timestamp) -> Result<(), StoreError> {
        let mut record = self.record();
        *record = TokenRecord { token: record.token.take(), cooldown_until: Some(until), lease_until: None };
        Ok(())
    }
}
