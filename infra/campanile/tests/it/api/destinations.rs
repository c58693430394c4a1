//! How destinations fare, having them tried again, and which destinations were notified of an alert.

use aws::{Configuration, DestinationSettings, TableOutbox};
use campanile::embedded::{EmbeddedTable, Location};
use dispatch::{DestinationState, Outbox as _, Probe, SettingsSource as _, Suspension};
use http::StatusCode;
use serde_json::{Value, json};

use super::{World, firing, now, path_of, world_with};

/// Part of a credential, which nobody may read again.
const CREDENTIAL: &str = "B0000/nobody-reads-this";

/// Three destinations, of which one wants alerts of another source and one has a mistake.
async fn world() -> World {
    let url = format!("https://hooks.slack.com/services/T0000/{CREDENTIAL}");
    let slack = |id: &str| json!({ "id": id, "type": "slack", "settings": { "webhook_url": url } });
    let mut other = slack("other");
    other["sources"] = json!(["kazoo"]);
    let mut wrong = slack("wrong");
    wrong["type"] = json!("slak");
    let secrets = json!({ "campanile/destinations": { "destinations": [slack("ops"), other, wrong] } });
    let table = EmbeddedTable::open(&Location::InMemory).unwrap();
    world_with(table, Configuration::default(), secrets).await
}

async fn suspend(world: &World, id: &str) {
    let settings = DestinationSettings::new(world.platform.clone()).settings().await.unwrap();
    let suspension = Suspension {
        since: now(),
        reason: "the token was revoked".to_owned(),
        probe: Probe::Never,
        next_probe_at: now(),
        settings_digest: settings.destination(id).unwrap().settings_digest.clone(),
    };
    let mut state = DestinationState { suspension: Some(suspension), ..DestinationState::new(id) };
    let outbox = TableOutbox::new(world.platform.table.clone());
    assert_eq!(outbox.put_destination_state(&mut state).await.unwrap(), dispatch::Written::Done);
}

#[tokio::test]
async fn a_suspended_destination_says_why_until_somebody_resumes_it() {
    let world = world().await;
    suspend(&world, "ops").await;
    let listed = world.get("/v1/destinations").await;
    let [ops, other] = [0, 1].map(|place| &listed["destinations"][place]);
    let notified = [&ops["id"], &ops["type"], &ops["state"], &ops["reason"], &ops["waiting"]];
    assert_eq!(
        notified,
        [&json!("ops"), &json!("slack"), &json!("suspended"), &json!("the token was revoked"), &json!(0)]
    );
    assert_eq!((&other["id"], &other["state"]), (&json!("other"), &json!("healthy")));
    assert_eq!(listed["mistakes"][0]["path"], "destinations[2].type");
    assert!(!listed.to_string().contains(CREDENTIAL), "{listed}");

    let path = "/v1/destinations/ops/resume";
    assert_eq!(world.ask("POST", path, "reader", None).await.0, StatusCode::FORBIDDEN);
    let (status, resumed) = world.act("POST", path, json!({})).await;
    assert_eq!(
        (status, &resumed["state"], &resumed["reason"]),
        (StatusCode::OK, &json!("healthy"), &Value::Null)
    );
    suspend(&world, "other").await;
    let (status, retried) = world.act("POST", "/v1/destinations/other/retry", json!({})).await;
    assert_eq!((status, &retried["state"]), (StatusCode::OK, &json!("healthy")));
}

#[tokio::test]
async fn what_is_no_destination_is_not_remembered_as_one() {
    let world = world().await;
    for path in ["/v1/destinations/nobody/resume", "/v1/destinations/wrong/retry"] {
        let (status, refused) = world.act("POST", path, json!({})).await;
        assert_eq!(
            (status, &refused["error"]["code"]),
            (StatusCode::NOT_FOUND, &json!("not_found")),
            "{path}"
        );
    }
    let outbox = TableOutbox::new(world.platform.table.clone());
    assert!(outbox.destination_states().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_alert_says_for_each_destination_whether_it_was_notified() {
    let world = world().await;
    world.record(&firing("cpu")).await;
    let explained = world.get(&format!("{}/notifications", path_of("cpu"))).await;
    let [ops, other] = [0, 1].map(|place| &explained["destinations"][place]);
    assert_eq!((&ops["destination"], &ops["state"]), (&json!("ops"), &json!("nothing")));
    assert_eq!((&other["destination"], &other["state"]), (&json!("other"), &json!("unselected")));
    assert_eq!(other["reason"], "`sources` does not name netdata");
    let unknown = world.ask("GET", &format!("{}/notifications", path_of("disk")), "reader", None).await;
    assert_eq!(unknown.0, StatusCode::NOT_FOUND);
}
