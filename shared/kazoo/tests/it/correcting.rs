//! Installing where hooks are already there: which is kept, what of it is put right, what is left.

use kazoo::install::{DisabledByPerson, Duplicates, Options, Selection};
use kazoo::testing::{StandIn, Version};
use kazoo::{NoteReason, apply};
use serde_json::{Value, json};

use crate::install::{chosen, install, options, planned};

fn uri(hook: &str, token: &str) -> String {
    format!("https://alerts.example.com/kazoo/{token}?hook={hook}")
}

/// A webhook as install makes it.
fn installed(hook: &str, token: &str) -> Value {
    json!({
        "hook": hook, "name": format!("campanile {hook}"), "uri": uri(hook, token), "http_verb": "post",
        "format": "json", "retries": 3, "include_subaccounts": false, "include_internal_legs": false,
        "enabled": true, "custom_data": {}
    })
}

#[tokio::test]
async fn a_rotated_token_changes_the_address_and_nothing_else() {
    let stand_in = StandIn::start(Version::V4_3).await;
    install(&stand_in.client(), &options("0ld-t0ken"), &Selection::defaults()).await;
    let plan = planned(&stand_in.client(), &options("n3w-t0ken"), &Selection::defaults()).await;
    insta::assert_snapshot!(plan, @"
    change channel_destroy (00000000000000000000000000000001): uri: another token
    change notifications:all (00000000000000000000000000000002): uri: another token
    ");
    apply(&stand_in.client(), &plan).await.unwrap();
    let crossbar = stand_in.crossbar();
    assert_eq!(crossbar.ids().len(), 2);
    assert_eq!(crossbar.requests.last().unwrap().data, json!({ "uri": uri("notifications", "n3w-t0ken") }));
}

#[tokio::test]
async fn what_differs_is_put_right_and_what_is_somebody_elses_is_not_looked_at() {
    let stand_in = StandIn::start(Version::V4_3).await;
    {
        let mut crossbar = stand_in.crossbar();
        // As a person would have typed it, with KAZOO's own defaults for all that is missing.
        crossbar.put("h1", json!({
            "hook": "channel_destroy", "name": "Alarme \u{1b}[31m", "uri": uri("channel_destroy", "s3cr3t"),
            "custom_data": { "api_token": "hunter2", "type": "x" }, "enabled": true
        }));
        let mut elsewhere = installed("channel_destroy", "s3cr3t");
        elsewhere["uri"] = json!("https://elsewhere.example.org/kazoo/s3cr3t?hook=channel_destroy");
        crossbar.put("h0", elsewhere);
    }
    let selections = chosen(&["channel_destroy"]);
    let plan = planned(&stand_in.client(), &options("s3cr3t"), &selections).await;
    insta::assert_snapshot!(plan, @"
    change channel_destroy:x (h1): custom_data: {api_token=[redacted] type=x} -> {}, format: `form-data` -> `json`, include_internal_legs: true -> false, name: `Alarme [31m` -> `campanile channel_destroy`, retries: 2 -> 3
    ");
    apply(&stand_in.client(), &plan).await.unwrap();
    assert_eq!(stand_in.crossbar().writes(), ["PATCH /v2/accounts/A/webhooks/h1"]);
    let sent = stand_in.crossbar().requests.last().unwrap().data.clone();
    assert_eq!(
        sent,
        json!({
            "name": "campanile channel_destroy", "format": "json", "retries": 3,
            "include_internal_legs": false, "custom_data": {}
        })
    );
    assert!(planned(&stand_in.client(), &options("s3cr3t"), &selections).await.is_empty());
    let read = stand_in.crossbar().lines();
    assert!(!read.contains(&"GET /v2/accounts/A/webhooks/h0".to_owned()), "{read:?}");
}

#[tokio::test]
async fn a_hook_switched_off_for_failures_is_found_and_switched_on() {
    for version in [Version::V4_3, Version::V5] {
        let stand_in = StandIn::start(version).await;
        install(&stand_in.client(), &options("s3cr3t"), &Selection::defaults()).await;
        let id = stand_in.crossbar().ids()[0].to_owned();
        (0..6).for_each(|_| stand_in.crossbar().deliver(&id, 401));
        assert_eq!(stand_in.crossbar().document(&id)["enabled"], json!(false));

        let plan = planned(&stand_in.client(), &options("s3cr3t"), &Selection::defaults()).await;
        assert_eq!(plan.changes.len(), 1);
        assert!(plan.to_string().contains("enabled: false -> true"), "{plan}");
        apply(&stand_in.client(), &plan).await.unwrap();
        assert_eq!(stand_in.crossbar().document(&id)["enabled"], json!(true));
        assert!(planned(&stand_in.client(), &options("s3cr3t"), &Selection::defaults()).await.is_empty());
    }
}

#[tokio::test]
async fn a_hook_a_person_switched_off_stays_off_unless_asked_for() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let mut off = installed("channel_destroy", "0ld-t0ken");
    off["enabled"] = json!(false);
    stand_in.crossbar().put("h1", off);
    let selections = chosen(&["channel_destroy"]);

    install(&stand_in.client(), &options("s3cr3t"), &selections).await;
    assert_eq!(stand_in.crossbar().document("h1")["uri"], json!(uri("channel_destroy", "s3cr3t")));
    assert_eq!(stand_in.crossbar().document("h1")["enabled"], json!(false));
    let plan = planned(&stand_in.client(), &options("s3cr3t"), &selections).await;
    assert!(plan.is_empty());
    assert_eq!(plan.notes[0].reason, NoteReason::DisabledByPerson);

    let enabling = Options { disabled_by_person: DisabledByPerson::Enable, ..options("s3cr3t") };
    install(&stand_in.client(), &enabling, &selections).await;
    assert_eq!(stand_in.crossbar().document("h1")["enabled"], json!(true));
    assert!(planned(&stand_in.client(), &enabling, &selections).await.is_empty());
}

#[tokio::test]
async fn of_several_equal_hooks_one_is_kept_and_the_others_go_when_asked_for() {
    let stand_in = StandIn::start(Version::V4_3).await;
    {
        let mut crossbar = stand_in.crossbar();
        let mut off = installed("channel_destroy", "s3cr3t");
        off["enabled"] = json!(false);
        crossbar.put("a-off", off);
        crossbar.put("b-on", installed("channel_destroy", "0ld-t0ken"));
        crossbar.put("c-on", installed("channel_destroy", "s3cr3t"));
    }
    let selections = chosen(&["channel_destroy"]);
    let reporting = planned(&stand_in.client(), &options("s3cr3t"), &selections).await;
    let pruning = Options { duplicates: Duplicates::Prune, ..options("s3cr3t") };
    let pruned = planned(&stand_in.client(), &pruning, &selections).await;
    insta::assert_snapshot!(format!("{reporting}\n{pruned}"), @"
    change channel_destroy (b-on): uri: another token
    leave channel_destroy (c-on): the same as b-on; install --prune deletes it
    leave channel_destroy (a-off): the same as b-on; install --prune deletes it

    change channel_destroy (b-on): uri: another token
    delete channel_destroy (c-on)
    delete channel_destroy (a-off)
    ");

    apply(&stand_in.client(), &reporting).await.unwrap();
    assert_eq!(stand_in.crossbar().ids(), ["a-off", "b-on", "c-on"]);
    install(&stand_in.client(), &pruning, &selections).await;
    assert_eq!(stand_in.crossbar().ids(), ["b-on"]);
    assert_eq!(stand_in.crossbar().document("b-on"), installed("channel_destroy", "s3cr3t"));
    assert!(planned(&stand_in.client(), &pruning, &selections).await.is_empty());
}
