//! A poller that may not do everything, or is not to ask for a while, does what it can.

use alert::Condition;
use poll::site24x7::{Outcome, PollError};
use serde_json::json;
use site24x7::testing::{Fault, SECRET};

use super::world::{MONITOR, World, after, log, outage, status};

const LOGS: &str = "Site24x7.Operations.Read";
const STATUS: &str = "Site24x7.Reports.Read";
const MONITORS: &str = "Site24x7.Admin.Read";

/// A world in which the monitor went down ten minutes ago, and logs and status say so.
async fn down() -> World {
    let world = World::at("10:10:00").await;
    let began = world.time("10:00:00");
    world.logs(world.day, vec![log("Shop front is Down", after(began, 1), 1)]);
    world.is_at(&[outage(MONITOR, "11", began, after(began, 3))]);
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn without_reports_read_the_logs_fire_and_resolve_alone() {
    let world = down().await;
    world.stand_in.world().lose_scope(STATUS);
    let polled = world.poll().await;
    assert!(polled.logs.is_ok() && polled.status.is_err());
    assert_eq!(world.alerts().await[0].condition, Condition::Firing);

    let up = log("Shop front is Up", world.time("10:12:00"), 1);
    world.logs(world.day, vec![log("Shop front is Down", world.time("10:01:00"), 1), up]);
    world.set_clock(world.time("10:15:00"));
    world.poll().await;
    assert_eq!(world.alerts().await[0].condition, Condition::Resolved);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_operations_read_the_status_opens_and_resolves_and_the_cursor_stays() {
    let world = down().await;
    world.stand_in.world().lose_scope(LOGS);
    let polled = world.poll().await;
    assert!(polled.logs.is_err() && polled.status.is_ok());
    assert_eq!(world.alerts().await[0].condition, Condition::Firing);
    assert_eq!(world.watermark().await, None);
    world.is_at(&[status(MONITOR, 1, world.time("10:12:00"))]);
    world.poll().await;
    assert_eq!(world.alerts().await[0].condition, Condition::Resolved);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_admin_read_names_come_from_the_status() {
    let world = down().await;
    world.stand_in.world().lose_scope(MONITORS);
    let polled = world.poll().await;
    assert_eq!(polled.logs.unwrap().recorded, 1);
    assert_eq!(world.alerts().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_when_nothing_works_the_run_is_an_error() {
    let world = down().await;
    world.stand_in.world().lose_scope(LOGS);
    world.stand_in.world().lose_scope(STATUS);
    assert!(matches!(world.run(json!({})).await, Err(PollError::NothingWorked(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_zoho_is_to_be_left_alone_a_run_ends_without_error_and_without_a_call() {
    let world = down().await;
    let now = world.time("10:10:00");
    world.stand_in.world().spend_all(now);
    for _ in 0..3 {
        let outcome = world.run(json!({})).await.unwrap();
        assert!(matches!(outcome, Outcome::CoolingDown { .. }), "{outcome:?}");
    }
    assert_eq!(world.stand_in.tokens_and_calls(), (0, 0));
    assert_eq!(world.stand_in.world().throttled, 1);

    world.set_clock(after(now, 11));
    assert!(world.poll().await.logs.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_once_is_renewed_and_the_poll_goes_on() {
    let world = down().await;
    world.poll().await;
    world.stand_in.world().kill_tokens();
    let polled = world.poll().await;
    assert!(polled.logs.is_ok() && polled.status.is_ok());
    assert_eq!(world.stand_in.world().issued, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_in_trouble_is_asked_again_and_a_redirect_is_not_followed() {
    let world = down().await;
    let redirect = Fault::Answer(302, vec![("location", "https://example.com/".to_owned())], String::new());
    world.stand_in.world().fail("/alert_logs", [Fault::status(429, "{}")]);
    world.stand_in.world().fail("/current_status", [redirect]);
    let polled = world.poll().await;
    assert!(polled.logs.is_ok() && polled.status.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_not_complete_is_no_error_and_names_what_is_missing() {
    let world = World::with_secret("10:10:00", &json!({ "tokens": ["t"], "zohoAccountTLD": ".eu" })).await;
    let Outcome::NotConfigured { missing } = world.run(json!({})).await.unwrap() else { panic!("polled") };
    insta::assert_snapshot!(missing, @"the secret lacks `client_id` (or `zohoClientId`), `client_secret` (or `zohoClientSecret`), `refresh_token` (or `zohoRefreshToken`): add what is missing, as text");
    assert_eq!(world.stand_in.tokens_and_calls(), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_centre_that_nobody_knows_is_an_error_and_the_webhook_still_takes_what_comes() {
    let mut secret: serde_json::Value = serde_json::from_str(SECRET).unwrap();
    secret["data_center"] = json!(".xyz");
    let world = World::with_secret("10:10:00", &secret).await;
    assert!(matches!(world.run(json!({})).await, Err(PollError::Configuration(_))));
    let at = world.time("10:00:00");
    world.deliver(&super::world::webhook(MONITOR, "DOWN", at, at)).await;
    assert_eq!(world.alerts().await[0].account, "us");
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_and_poller_name_one_account_however_the_secret_spells_it() {
    for (member, value, account) in [
        ("data_center", json!(" .EU "), "eu"),
        ("zaaid", json!(658_123_456), "658123456"),
        ("account", json!("shop"), "shop"),
    ] {
        let mut secret: serde_json::Value = serde_json::from_str(SECRET).unwrap();
        secret[member] = value;
        let world = World::with_secret("10:10:00", &secret).await;
        let began = world.time("10:00:00");
        world.deliver(&super::world::webhook(MONITOR, "DOWN", began, began)).await;
        world.is_at(&[outage(MONITOR, "11", began, after(began, 3))]);
        world.poll().await;
        let alerts = world.alerts().await;
        assert_eq!((alerts.len(), alerts[0].account.as_str()), (1, account));
    }
}
