//! What Netdata Cloud may answer besides.

use netdata::testing::{Fault, TOKEN, TOKEN_WITHOUT_SCOPE};
use poll::netdata::{NetdataError, NetdataOutcome};
use serde_json::json;

use super::world::{HOOK_TOKEN, RAISED, World, id};

#[tokio::test]
async fn a_run_that_fails_moves_no_watermark_and_the_next_one_heals() {
    let faults = [
        vec![Fault::Error(200, "ErrForbidden")],
        vec![Fault::Text(200, "<!doctype html>")],
        vec![Fault::Text(200, "{\"items\":[]}")],
        vec![Fault::Text(404, "<!doctype html>")],
        vec![Fault::Error(500, "ErrInternalServerError"); 3],
        vec![Fault::Error(200, "ErrInternalServerError"); 3],
        vec![Fault::TooMany(3600)],
    ];
    for faults in faults {
        let world = World::new().await;
        world.care().await;
        let watermark = world.watermark().await;
        world.clock.advance(300);
        world.cloud().transition(&id(1), world.ago(60), "used_swap", RAISED);
        let failing = faults.iter().map(|fault| ("alert_transitions", fault.clone()));
        world.cloud().faults.extend(failing);
        let cared = world.run().await.unwrap();
        let text = intake::chain(&cared.changes.unwrap_err());
        assert!(!text.contains(TOKEN), "{text}");
        assert_eq!(world.watermark().await, watermark, "{faults:?}");
        assert!(world.cloud().faults.is_empty(), "asked as often as may help: {faults:?}");
        assert_eq!(world.care().await.0.recorded, 1);
    }
}

#[tokio::test]
async fn what_passes_by_itself_is_asked_for_twice_more_as_late_as_netdata_wants() {
    let world = World::new().await;
    world.care().await;
    let before = world.clock.pauses().len();
    world.cloud().transition(&id(1), world.ago(60), "used_swap", RAISED);
    world.cloud().faults.push_back(("alert_transitions", Fault::TooMany(20)));
    world.cloud().faults.push_back(("alert_transitions", Fault::Error(503, "ErrUnavailable")));
    assert_eq!(world.care().await.0.recorded, 1);
    assert!(world.clock.pauses()[before..].contains(&20), "{:?}", world.clock.pauses());
}

#[tokio::test]
async fn a_token_without_scope_and_one_that_is_not_known_are_named() {
    for (token, named) in [(TOKEN_WITHOUT_SCOPE, "scope:all"), ("nd-n0body", "does not know the token")] {
        let world = World::with(|secret| secret["api_token"] = json!(token)).await;
        let error = world.run().await.unwrap_err();
        let text = intake::chain(&error);
        assert!(text.contains(named) && !text.contains(token), "{text}");
        assert_eq!(world.cloud().asked.len(), 1, "asking again would not help");
    }
}

#[tokio::test]
async fn a_secret_of_another_form_is_refused_without_quoting_it() {
    for change in [json!({ "api_token": 7 }), json!({ "polled": "loudly" }), json!({ "api_token": "to ken" })]
    {
        let world =
            World::with(|secret| secret.as_object_mut().unwrap().extend(change.as_object().unwrap().clone()))
                .await;
        let error = world.run().await.unwrap_err();
        assert!(matches!(error, NetdataError::Unreadable { .. } | NetdataError::Access(_)), "{error:?}");
        let text = intake::chain(&error);
        assert!(!text.contains("to ken") && !text.contains(HOOK_TOKEN), "{text}");
    }
}

#[tokio::test]
async fn without_a_token_nobody_is_asked() {
    let world = World::with(|secret| drop(secret.as_object_mut().unwrap().remove("api_token"))).await;
    let outcome = Box::pin(world.keeper.run()).await.unwrap();
    assert!(matches!(outcome, NetdataOutcome::Compared(_)), "{outcome:?}");
    assert!(world.cloud().asked.is_empty());
}
