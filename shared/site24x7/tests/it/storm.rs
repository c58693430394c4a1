//! Five hundred pollers that wake at once and know nothing but the store they share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alert::Clock;
use jiff::Timestamp;
use net::Secret;
use site24x7::testing::{SECRET, StandIn, TestClient, calls, transport};
use site24x7::{MemoryTokenStore, Readiness, StoreError, Token, TokenRecord, TokenStore};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const POLLERS: usize = 500;

/// A store as far away as a table, so that what was read is stale when it is acted upon.
#[derive(Clone, Default)]
struct DistantStore {
    store: MemoryTokenStore,
    requests: Arc<AtomicU64>,
}

impl DistantStore {
    /// 1 to 13 ms each way, differently for neighbours.
    async fn travel(&self) {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(1 + request * 7 % 13)).await;
    }
}

impl TokenStore for DistantStore {
    async fn load(&self) -> Result<TokenRecord, StoreError> {
        self.travel().await;
        let record = self.store.load().await;
        self.travel().await;
        record
    }

    async fn take_lease(&self, now: Timestamp, until: Timestamp) -> Result<Option<TokenRecord>, StoreError> {
        self.travel().await;
        let record = self.store.take_lease(now, until).await;
        self.travel().await;
        record
    }

    async fn save_token(&self, token: &Token) -> Result<(), StoreError> {
        self.travel().await;
        self.store.save_token(token).await
    }

    async fn save_cooldown(&self, until: Timestamp) -> Result<(), StoreError> {
        self.travel().await;
        self.store.save_cooldown(until).await
    }
}

/// Wakes as many cold pollers as there are, each with a memory of its own.
fn pollers(stand_in: &StandIn, store: &DistantStore) -> Vec<TestClient<DistantStore>> {
    let transport = transport();
    (0..POLLERS).map(|_| stand_in.client_of(SECRET, store.clone(), transport.clone())).collect()
}

/// Lets every poller look for a token and, where there is one, read the monitors.
async fn poll_all(pollers: Vec<TestClient<DistantStore>>) -> (usize, usize) {
    // All look for the token at once; their reads take turns, for the sake of open files.
    let turns = Arc::new(Semaphore::new(64));
    let mut runs = JoinSet::new();
    for client in pollers {
        let turns = Arc::clone(&turns);
        runs.spawn(async move {
            let readiness = calls(&client).ready().await.unwrap();
            if readiness == Readiness::Ready {
                let _turn = turns.acquire().await.unwrap();
                calls(&client).monitors().await.unwrap();
            }
            readiness
        });
    }
    let outcomes = runs.join_all().await;
    let ready = outcomes.iter().filter(|outcome| **outcome == Readiness::Ready).count();
    (ready, outcomes.len() - ready)
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_cold_pollers_at_once_spend_one_token_and_all_finish() {
    let stand_in = StandIn::start().await;
    let store = DistantStore::default();
    assert_eq!(poll_all(pollers(&stand_in, &store)).await, (POLLERS, 0));
    assert_eq!(stand_in.issued_and_throttled(), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_cold_pollers_at_once_meet_zohos_block_once_end_in_peace_and_recover() {
    let stand_in = StandIn::start().await;
    let store = DistantStore::default();
    stand_in.world().spend_all(stand_in.clock.now());
    assert_eq!(poll_all(pollers(&stand_in, &store)).await, (0, POLLERS));
    assert_eq!(stand_in.world().throttled, 1);

    stand_in.clock.forward_secs(10 * 60 + 1);
    assert_eq!(poll_all(pollers(&stand_in, &store)).await, (POLLERS, 0));
    assert_eq!(stand_in.issued_and_throttled(), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_pollers_whose_token_is_refused_at_once_renew_it_once() {
    let stand_in = StandIn::start().await;
    let store = DistantStore::default();
    let token = Token { access_token: Secret::new("1000.refused"), expires_at: stand_in.clock.in_secs(3600) };
    store.store.save_token(&token).await.unwrap();
    assert_eq!(poll_all(pollers(&stand_in, &store)).await, (POLLERS, 0));
    assert_eq!(stand_in.issued_and_throttled(), (1, 0));
}
