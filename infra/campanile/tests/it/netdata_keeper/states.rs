//! Once an hour what fires here and is over there is ended, unless there is any doubt.

use alert::{Condition, Source};
use netdata::testing::{Fault, NODE, OTHER_NODE, SPACE};
use poll::netdata::Ended;
use serde_json::json;

use super::world::{RAISED, World, id};

/// An alert that was notified half an hour ago and of which Netdata forgot everything.
async fn with_an_open_alert() -> World {
    let world = World::new().await;
    world.cloud().transition(&id(1), world.ago(30 * 3600), "used_swap", RAISED);
    world.deliver(&world.webhook_of(&id(1))).await;
    world.cloud().transitions.clear();
    world.cloud().active.clear();
    world.clock.advance(2 * 7200);
    world
}

#[tokio::test]
async fn an_alert_that_is_not_active_ends_once_with_the_reason() {
    let world = with_an_open_alert().await;
    let other = world.another_keeper();
    let (one, two) = tokio::join!(Box::pin(world.keeper.run()), Box::pin(other.run()));
    assert!(one.is_ok() && two.is_ok());
    let alert = world.only_alert().await;
    assert_eq!(alert.condition, Condition::Resolved);
    assert_eq!(world.history(&alert).await.len(), 2);
    assert!(alert.summary.unwrap().starts_with("It is not among the active alerts"));
}

#[tokio::test]
async fn an_alert_that_is_active_goes_on_and_an_hour_passes_before_the_next_look() {
    let world = with_an_open_alert().await;
    world.cloud().activate(NODE, "used_swap", "mem.swap");
    assert_eq!(world.care().await.1, Some(Ended { open: 1, ended: 0 }));
    world.cloud().active.clear();
    world.clock.advance(1800);
    assert_eq!(world.care().await.1, None);
    assert!(Box::pin(world.another_keeper().run()).await.is_ok(), "nor does another process look");
    assert_eq!(world.condition().await, Condition::Firing);
    world.clock.advance(1900);
    assert_eq!(world.care().await.1, Some(Ended { open: 1, ended: 1 }));
}

/// What it is, and how it comes about.
type Doubt = (&'static str, fn(&World));

#[tokio::test]
async fn where_there_is_doubt_nothing_ends() {
    let doubts: [Doubt; 6] = [
        ("the node is not reached", |world| world.cloud().nodes[0]["state"] = json!("stale")),
        ("the node is gone", |world| drop(world.cloud().nodes.remove(0))),
        ("a chart of another spelling", |world| world.cloud().activate(NODE, "used_swap", "mem_swap")),
        ("a row that nobody can place", |world| {
            world.cloud().active.push((OTHER_NODE.to_owned(), json!({ "nm": null })));
        }),
        ("another shape", |world| {
            world.cloud().faults.push_back(("alerts", Fault::Text(200, "{\"alerts\":[],\"nodes\":[]}")));
        }),
        ("a page for people", |world| world.cloud().faults.push_back(("alerts", Fault::Text(200, "<html>")))),
    ];
    for (doubt, arrange) in doubts {
        let world = with_an_open_alert().await;
        arrange(&world);
        drop(world.run().await);
        assert_eq!(world.condition().await, Condition::Firing, "{doubt}");
    }
}

#[tokio::test]
async fn what_was_said_just_now_is_left_alone() {
    let world = World::new().await;
    world.cloud().transition(&id(1), world.ago(60), "used_swap", RAISED);
    assert_eq!(world.care().await.1, Some(Ended { open: 1, ended: 0 }));
}

#[tokio::test]
async fn more_active_alerts_than_a_page_are_all_looked_at() {
    let world = with_an_open_alert().await;
    for number in 0..700 {
        world.cloud().activate(OTHER_NODE, &format!("alert-{number}"), "mem.swap");
    }
    world.cloud().activate(NODE, "used_swap", "mem.swap");
    assert_eq!(world.care().await.1, Some(Ended { open: 1, ended: 0 }));
    assert_eq!(world.cloud().times("/alerts"), 2);
}

#[tokio::test]
async fn a_node_that_is_reached_again_is_no_alert_any_more() {
    let world = World::new().await;
    let body = json!({
        "space": { "id": SPACE }, "nodes": [{ "id": NODE, "hostname": "web-01.example.net" }],
        "severity": "critical", "status": "unreachable", "reachable": false,
    });
    world.deliver(&body).await;
    world.clock.advance(7200 + 1200);
    assert_eq!(world.care().await.1, Some(Ended { open: 1, ended: 1 }));
    let [alert] = world.alerts_of(Source::Netdata).await.try_into().unwrap();
    assert_eq!(alert.condition, Condition::Resolved);
    assert!(alert.summary.unwrap().starts_with("Netdata Cloud reaches the node again"));
}
