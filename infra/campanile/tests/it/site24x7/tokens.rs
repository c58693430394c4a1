//! The `TOKEN` item: what is written is read, one of many gets the lease, and past times still count.

use std::sync::Arc;

use alert::Source;
use aws::AccountTokens;
use futures::future::join_all;
use net::Secret;
use site24x7::{Token, TokenRecord, TokenStore};

use super::world::{World, after};

fn tokens(world: &World) -> AccountTokens {
    AccountTokens::new(Arc::clone(&world.platform.table), Source::Site24x7, "eu")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_read_by_everybody_and_of_another_account_nothing() {
    let world = World::at("10:00:00").await;
    let (store, now) = (tokens(&world), world.time("10:00:00"));
    assert_eq!(store.load().await.unwrap(), TokenRecord::default());
    let token = Token { access_token: Secret::new("1000.a"), expires_at: after(now, 60) };

    let leased = store.take_lease(now, after(now, 1)).await.unwrap().unwrap();
    assert_eq!(leased, TokenRecord { lease_until: Some(after(now, 1)), ..TokenRecord::default() });
    store.save_token(&token).await.unwrap();
    assert_eq!(
        tokens(&world).load().await.unwrap(),
        TokenRecord { token: Some(token.clone()), ..TokenRecord::default() }
    );

    store.save_cooldown(after(now, 10)).await.unwrap();
    let cooling = TokenRecord { token: Some(token), cooldown_until: Some(after(now, 10)), lease_until: None };
    assert_eq!(store.load().await.unwrap(), cooling);
    let other = AccountTokens::new(Arc::clone(&world.platform.table), Source::Site24x7, "us");
    assert_eq!(other.load().await.unwrap(), TokenRecord::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_who_want_the_lease_one_gets_it_until_it_lapses() {
    let world = World::at("10:00:00").await;
    let now = world.time("10:00:00");
    for moment in [now, after(now, 1), after(now, 2)] {
        let wishes = (0..100).map(|_| {
            let store = tokens(&world);
            async move { store.take_lease(moment, after(moment, 1)).await.unwrap() }
        });
        let taken = join_all(wishes).await.into_iter().flatten().count();
        assert_eq!(taken, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_outlives_all_of_its_times_by_an_hour() {
    let world = World::at("10:00:00").await;
    let (store, now) = (tokens(&world), world.time("10:00:00"));
    let token = Token { access_token: Secret::new("1000.a"), expires_at: after(now, 60) };
    store.save_token(&token).await.unwrap();
    store.save_cooldown(after(now, 10)).await.unwrap();
    assert!(expires_at(&world).await >= after(now, 120).as_second());
    store.take_lease(now, after(now, 0)).await.unwrap();
    assert!(expires_at(&world).await >= after(now, 120).as_second());
}

async fn expires_at(world: &World) -> i64 {
    world.token_item().await["expires_at"].as_n().unwrap().parse().unwrap()
}
