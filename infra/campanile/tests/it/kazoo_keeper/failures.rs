//! A KAZOO that does not answer as it should: the watermark stays, and nothing is lost.

use std::time::Duration;

use kazoo::testing::Effect;
use poll::kazoo::{Healed, KazooError};
use serde_json::json;

use super::world::{Campanile, World};

/// Sees that `effects` on the attempts fail that part alone, that the watermark stays, and that the next run heals.
async fn check(effects: Vec<Effect>) {
    Box::pin(fails_alone_and_heals(effects)).await;
}

async fn fails_alone_and_heals(effects: Vec<Effect>) {
    let mut world = World::new().await;
    world.keep().await;
    let watermark = world.watermark().await;
    world.kazoo.clock.advance(100);
    world.call_ends(Campanile::Answers(503)).await;
    world.kazoo.clock.advance(100);
    for effect in effects {
        world.kazoo.crossbar().fail_next("GET", "/attempts", effect);
    }
    let run = tokio::time::timeout(Duration::from_secs(2), world.run()).await;
    if let Ok(run) = run {
        let Healed { hooks, attempts } = run.unwrap();
        assert!(hooks.is_ok() && attempts.is_err(), "{attempts:?}");
    }
    assert_eq!(world.watermark().await, watermark);
    assert!(world.recorded().await.is_empty());

    world.kazoo.crossbar().forget_faults();
    world.keep().await;
    world.all_are_there_once().await;
}

#[tokio::test]
async fn an_error_in_http_200_is_an_error() {
    let envelope = json!({ "status": "error", "error": "500", "message": "datastore_fault", "data": [] });
    check(vec![Effect::Envelope(200, envelope)]).await;
}

#[tokio::test]
async fn html_in_the_place_of_json_is_no_empty_list() {
    check(vec![Effect::Text(200, "<html>maintenance</html>")]).await;
    check(vec![Effect::Text(502, "<html>bad gateway</html>")]).await;
}

#[tokio::test]
async fn no_answer_and_half_an_answer_leave_everything_to_the_next_run() {
    check(vec![Effect::Silence]).await;
    check(vec![Effect::RequestLost]).await;
    check(vec![Effect::AnswerLost]).await;
}

#[tokio::test]
async fn an_allowance_that_is_used_up_is_waited_for_and_then_left_alone() {
    check(vec![Effect::Error(429, "too_many_requests", json!({})); 4]).await;
}

#[tokio::test]
async fn a_credential_that_kazoo_refuses_is_an_error_that_quotes_nothing() {
    let world = World::with(|secret| secret["api_key"] = json!("k".repeat(64))).await;
    let error = world.run().await.unwrap_err();
    assert!(matches!(error, KazooError::Call(_)));
    let text = format!("{} {error:?}", intake::chain(&error));
    assert!(!text.contains(&"k".repeat(64)), "{text}");
}

#[tokio::test]
async fn an_account_without_the_right_to_read_attempts_still_has_its_hooks_switched_on() {
    let mut world = World::new().await;
    world.traffic(60, Campanile::IsDead).await;
    for _ in 0..4 {
        world.kazoo.crossbar().fail_next(
            "GET",
            "webhooks/attempts",
            Effect::Error(403, "forbidden", json!({})),
        );
    }
    let Healed { hooks, attempts } = world.run().await.unwrap();
    assert_eq!(hooks.unwrap().switched_on, 1);
    assert!(attempts.is_err());
}
