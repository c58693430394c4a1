//! Five hundred cold pollers that share one table, before a server that keeps Zoho's limits.

use std::sync::Arc;
use std::time::Duration;

use alert::{Clock, Source};
use async_trait::async_trait;
use aws::AccountTokens;
use jiff::Timestamp;
use site24x7::testing::{SECRET, transport};
use site24x7::{AccountConfiguration, Client, Readiness};
use tokio::task::JoinSet;

use super::world::{World, after};

const POLLERS: usize = 500;

/// A clock that stands still, so that no lease lapses on a busy machine, and by which who waits does wait: the table
/// serves one call at a time.
#[derive(Clone, Copy)]
struct Still(Timestamp);

#[async_trait]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

async fn all_look_for_a_token(world: &World) -> usize {
    let transport = transport();
    let now = world.stand_in.clock.now();
    let mut runs = JoinSet::new();
    for _ in 0..POLLERS {
        let tokens = AccountTokens::new(Arc::clone(&world.platform.table), Source::Site24x7, "eu");
        let settings = AccountConfiguration::from_secret(SECRET).unwrap();
        let clock = Still(now);
        let client = Client::new(transport.clone(), settings, tokens, clock).at(world.stand_in.hosts());
        let deadline = after(now, 10);
        runs.spawn(async move { client.until(deadline).ready().await.unwrap() });
    }
    let outcomes = runs.join_all().await;
    assert_eq!(outcomes.len(), POLLERS);
    outcomes.into_iter().filter(|outcome| *outcome == Readiness::Ready).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_cold_pollers_spend_one_token_and_meet_zohos_block_once() {
    let world = World::at("10:00:00").await;
    assert_eq!(all_look_for_a_token(&world).await, POLLERS);
    assert_eq!(world.stand_in.issued_and_throttled(), (1, 0));

    let later = after(world.time("10:00:00"), 120);
    world.set_clock(later);
    world.stand_in.world().spend_all(later);
    assert_eq!(all_look_for_a_token(&world).await, 0);
    assert_eq!(world.stand_in.issued_and_throttled(), (1, 1));

    world.set_clock(after(later, 11));
    assert_eq!(all_look_for_a_token(&world).await, POLLERS);
    assert_eq!(world.stand_in.issued_and_throttled(), (2, 1));
}
